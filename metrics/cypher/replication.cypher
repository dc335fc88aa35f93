// How blocks multiply, on one day: status, founding, lineage and fidelity of every block (the model, section 2).
//
//   :param {day: date('2026-06-30'), staff_per_enterprise: 10, line_capacity: 10, hollow_below: 0.2,
//           covered_from: 0.8, groups: ['service'], components: [{id: 'training', group: 'service', weight: 1.0}]}
// groups and components are those of the template; a component's weight is its share of fidelity, all together 1.

// Enterprises, lines and reach of every block, as in coverage.cypher.
MATCH (b:Tiaokuai:Block)
OPTIONAL MATCH (e:Tiaokuai:Enterprise)-[:IN_BLOCK]->(b)
  WHERE (e.since IS NULL OR e.since <= $day) AND (e.until IS NULL OR $day < e.until)
WITH b, e, COUNT {
  MATCH (m:Tiaokuai:Member)-[:WORKS_AT]->(e)
  WHERE m.since <= $day AND (m.until IS NULL OR $day < m.until)
} AS members
OPTIONAL MATCH (e)<-[:WORKS_AT]-(m:Tiaokuai:Member)-[line:EXTENDS_TO]->(:Tiaokuai)
  WHERE m.since <= $day AND (m.until IS NULL OR $day < m.until)
    AND line.since <= $day AND (line.until IS NULL OR $day < line.until)
WITH b, e, members, count(line) AS lines,
     sum(CASE WHEN line IS NULL THEN 0 ELSE coalesce(line.capacity, $line_capacity) END) AS capacity,
     CASE WHEN e IS NULL THEN 0 ELSE coalesce(e.staff, $staff_per_enterprise) END AS staff
// Head-counts where nobody is listed: the last ones until the day, each cell as it was last filled.
WITH b, e, members, lines, capacity, staff,
     COLLECT { MATCH (c:Tiaokuai:Count)-[:OF]->(e) WHERE c.since <= $day RETURN c ORDER BY c.since DESC } AS counts
WITH b, e, members, lines, capacity, staff,
     coalesce(head([c IN counts WHERE c.members IS NOT NULL | c.members]), 0) AS counted_members,
     coalesce(head([c IN counts WHERE c.lines IS NOT NULL | c.lines]), 0) AS counted_lines,
     head([c IN counts WHERE c.capacity IS NOT NULL | c.capacity]) AS counted_capacity
WITH b, e, staff, members + counted_members AS members, lines + counted_lines AS lines,
     capacity + CASE counted_lines WHEN 0 THEN 0 ELSE coalesce(counted_capacity, counted_lines * $line_capacity) END
       AS capacity
WITH b, e, members, lines, staff, CASE WHEN capacity < staff THEN capacity ELSE staff END AS potential
WITH b, count(e) AS enterprises, count(CASE WHEN lines > 0 THEN 1 END) AS with_line, sum(staff) AS staff,
     sum(CASE WHEN members > staff THEN staff WHEN members > potential THEN members ELSE potential END) AS reached

// Founded by the earliest association that is active on the day.
OPTIONAL MATCH (a:Tiaokuai:Association)-[:SERVES]->(b)
  WHERE a.since <= $day AND (a.until IS NULL OR $day < a.until)
WITH b, enterprises, with_line, staff, reached,
     min(CASE a.kind WHEN 'association' THEN a.since END) AS founded,
     count(CASE a.kind WHEN 'federation' THEN 1 END) AS federations

// Components in place: those adopted, and three that follow from the records.
OPTIONAL MATCH (b)-[adopted:ADOPTED]->(c:Tiaokuai:Component)
  WHERE adopted.since <= $day AND (adopted.until IS NULL OR $day < adopted.until)
WITH b, enterprises, with_line, staff, reached, founded, federations, collect(DISTINCT c.id) AS adopted
WITH b, enterprises, with_line, staff, reached, founded,
     adopted
       + CASE WHEN founded IS NULL THEN [] ELSE ['association'] END
       + CASE WHEN federations > 0 THEN ['federation'] ELSE [] END
       + CASE WHEN with_line > 0 THEN ['backbone_cohort'] ELSE [] END AS placed

// Its source: the earliest replication, ties by id; and what the source had in place on that day.
OPTIONAL MATCH (b)-[r:REPLICATES]->(s:Tiaokuai:Block) WHERE r.since <= $day
WITH b, enterprises, with_line, staff, reached, founded, placed, r, s
ORDER BY r.since, s.id
WITH b, enterprises, with_line, staff, reached, founded, placed,
     head(collect(s)) AS source, head(collect(r.since)) AS on
OPTIONAL MATCH (source)-[model:ADOPTED]->(c:Tiaokuai:Component)
  WHERE model.since <= on AND (model.until IS NULL OR on < model.until)
WITH b, enterprises, with_line, staff, reached, founded, placed, source, on, collect(DISTINCT c.id) AS adopted
OPTIONAL MATCH (a:Tiaokuai:Association)-[:SERVES]->(source)
  WHERE a.since <= on AND (a.until IS NULL OR on < a.until)
WITH b, enterprises, with_line, staff, reached, founded, placed, source, on, adopted,
     collect(DISTINCT a.kind) AS bodies
WITH b, enterprises, with_line, staff, reached, founded, placed, source,
     adopted + bodies + CASE WHEN source IS NOT NULL AND (EXISTS {
       MATCH (source)<-[:IN_BLOCK]-(e:Tiaokuai:Enterprise)<-[:WORKS_AT]-(m:Tiaokuai:Member)
             -[line:EXTENDS_TO]->(:Tiaokuai)
       WHERE (e.since IS NULL OR e.since <= on) AND (e.until IS NULL OR on < e.until)
         AND m.since <= on AND (m.until IS NULL OR on < m.until)
         AND line.since <= on AND (line.until IS NULL OR on < line.until)
     } OR EXISTS {
       MATCH (source)<-[:IN_BLOCK]-(e:Tiaokuai:Enterprise)<-[:OF]-(last:Tiaokuai:Count)
       WHERE (e.since IS NULL OR e.since <= on) AND (e.until IS NULL OR on < e.until)
         AND last.since <= on AND last.lines > 0
         AND NOT EXISTS {
           MATCH (e)<-[:OF]-(later:Tiaokuai:Count)
           WHERE last.since < later.since AND later.since <= on AND later.lines IS NOT NULL
         }
     }) THEN ['backbone_cohort'] ELSE [] END AS model

WITH b, {
  reached: reached, founded: founded, source: source.id,
  coverage: CASE WHEN staff > 0 THEN toFloat(reached) / staff END,
  line_share: CASE WHEN enterprises > 0 THEN toFloat(with_line) / enterprises END,
  status: CASE
    WHEN founded IS NULL AND with_line > 0 THEN 'ahead'
    WHEN founded IS NULL THEN 'none'
    WHEN with_line = 0 OR toFloat(with_line) / enterprises < $hollow_below THEN 'hollow'
    WHEN staff > 0 AND toFloat(reached) / staff >= $covered_from THEN 'covered'
    ELSE 'growing' END,
  fidelity: round(reduce(sum = 0.0, c IN $components | sum + CASE WHEN c.id IN placed THEN c.weight ELSE 0 END), 12),
  fidelity_by_group: [g IN $groups | round(size($groups) * reduce(sum = 0.0, c IN $components |
    sum + CASE WHEN c.group = g AND c.id IN placed THEN c.weight ELSE 0 END), 12)],
  copy_fidelity: CASE WHEN size(model) > 0
    THEN toFloat(size([c IN model WHERE c IN placed])) / size(model) END
} AS own

// Lineage: steps to each block it descends from, itself included. Seen from there it is a descendant.
MATCH path = (b)-[:REPLICATES*0..]->(ancestor:Tiaokuai:Block)
  WHERE all(step IN relationships(path) WHERE step.since <= $day)
WITH b, own, ancestor, min(length(path)) AS steps
WITH b, own, collect({block: ancestor, steps: steps}) AS line,
     min(CASE ancestor.kind WHEN 'pilot' THEN steps END) AS generation
UNWIND line AS up
WITH up.block AS block, sum(own.reached) AS descendant_reach, count(*) - 1 AS descendants,
     head(collect(CASE WHEN up.steps = 0 THEN own END)) AS own,
     head(collect(CASE WHEN up.steps = 0 THEN [generation] END))[0] AS generation
RETURN block.id AS id, block.name AS name, block.kind AS kind, own.status AS status, own.founded AS founded,
       generation, own.source AS source, own.fidelity AS fidelity, own.fidelity_by_group AS fidelity_by_group,
       own.copy_fidelity AS copy_fidelity, own.coverage AS coverage, own.line_share AS line_share,
       descendants, descendant_reach
ORDER BY id
