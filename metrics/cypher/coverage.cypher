// Coverage of every group of enterprises on one day, computed by the server (the model, section 2).
//
// One row a group: blocks all of them, other groups only with an enterprise that is active on the day.
// In Neo4j Browser set the parameters first:
//   :param {day: date('2026-06-30'), by: 'block', staff_per_enterprise: 10, line_capacity: 10}
// by is block, district, enterprise, sector, ownership or all.

// Who is there on the day: since <= day < until. A member counts inside the enterprise's life, a line inside
// the membership.
MATCH (b:Tiaokuai:Block)-[:IN_DISTRICT]->(d:Tiaokuai:District)
OPTIONAL MATCH (e:Tiaokuai:Enterprise)-[:IN_BLOCK]->(b)
  WHERE (e.since IS NULL OR e.since <= $day) AND (e.until IS NULL OR $day < e.until)
WITH b, d, e, COUNT {
  MATCH (m:Tiaokuai:Member)-[:WORKS_AT]->(e)
  WHERE m.since <= $day AND (m.until IS NULL OR $day < m.until)
} AS members
OPTIONAL MATCH (e)<-[:WORKS_AT]-(m:Tiaokuai:Member)-[line:EXTENDS_TO]->(:Tiaokuai)
  WHERE m.since <= $day AND (m.until IS NULL OR $day < m.until)
    AND line.since <= $day AND (line.until IS NULL OR $day < line.until)
WITH b, d, e, members, count(line) AS lines,
     sum(CASE WHEN line IS NULL THEN 0 ELSE coalesce(line.capacity, $line_capacity) END) AS capacity,
     CASE WHEN e IS NULL THEN 0 ELSE coalesce(e.staff, $staff_per_enterprise) END AS staff

// Head-counts where nobody is listed: the last ones until the day, each cell as it was last filled.
WITH b, d, e, members, lines, capacity, staff,
     COLLECT { MATCH (c:Tiaokuai:Count)-[:OF]->(e) WHERE c.since <= $day RETURN c ORDER BY c.since DESC } AS counts
WITH b, d, e, members, lines, capacity, staff,
     coalesce(head([c IN counts WHERE c.members IS NOT NULL | c.members]), 0) AS counted_members,
     coalesce(head([c IN counts WHERE c.lines IS NOT NULL | c.lines]), 0) AS counted_lines,
     head([c IN counts WHERE c.capacity IS NOT NULL | c.capacity]) AS counted_capacity
WITH b, d, e, staff, members + counted_members AS members, lines + counted_lines AS lines,
     capacity + CASE counted_lines WHEN 0 THEN 0 ELSE coalesce(counted_capacity, counted_lines * $line_capacity) END
       AS capacity

// What the lines could reach, and who is within reach: min(n, max(p, m)).
WITH b, d, e, members, lines, capacity, staff,
     CASE WHEN capacity < staff THEN capacity ELSE staff END AS potential
WITH b, d, e, members, lines, capacity, staff, potential,
     CASE WHEN members > staff THEN staff WHEN members > potential THEN members ELSE potential END AS reached

WHERE e IS NOT NULL OR $by IN ['block', 'all']
WITH CASE $by WHEN 'block' THEN b.id WHEN 'district' THEN d.id WHEN 'enterprise' THEN e.id
              WHEN 'sector' THEN e.sector WHEN 'ownership' THEN e.ownership ELSE 'all' END AS id,
     CASE $by WHEN 'block' THEN b.name WHEN 'district' THEN d.name WHEN 'enterprise' THEN e.name END AS name,
     count(e) AS enterprises,
     count(CASE WHEN lines > 0 THEN 1 END) AS enterprises_with_line,
     sum(staff) AS staff,
     sum(CASE WHEN e.staff IS NULL THEN staff ELSE 0 END) AS imputed_staff,
     sum(lines) AS lines,
     sum(members) AS members,
     sum(potential) AS potential,
     sum(reached) AS reached,
     sum(CASE WHEN capacity > staff THEN capacity - staff ELSE 0 END) AS wasted_capacity,
     sum((staff - potential + $line_capacity - 1) / $line_capacity) AS missing_lines,
     sum(CASE WHEN members < potential THEN members ELSE potential END) AS filled
RETURN id, name, enterprises, enterprises_with_line, staff, imputed_staff, lines, members, potential, reached,
       CASE WHEN staff > 0 THEN toFloat(reached) / staff END AS coverage,
       CASE WHEN enterprises > 0 THEN toFloat(enterprises_with_line) / enterprises END AS line_share,
       CASE WHEN lines > 0 THEN toFloat(potential) / lines END AS amplification,
       CASE WHEN potential > 0 THEN toFloat(filled) / potential END AS realisation,
       wasted_capacity, missing_lines, filled
ORDER BY id
