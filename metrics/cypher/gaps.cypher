// Where the next line reaches most on one day: enterprises by its gain, largest first (the model, section 2).
//
//   :param {day: date('2026-06-30'), staff_per_enterprise: 10, line_capacity: 10, top: 50}
// top null lists all.

MATCH (e:Tiaokuai:Enterprise)-[:IN_BLOCK]->(b:Tiaokuai:Block)
  WHERE (e.since IS NULL OR e.since <= $day) AND (e.until IS NULL OR $day < e.until)
OPTIONAL MATCH (e)<-[:WORKS_AT]-(m:Tiaokuai:Member)-[line:EXTENDS_TO]->(:Tiaokuai)
  WHERE m.since <= $day AND (m.until IS NULL OR $day < m.until)
    AND line.since <= $day AND (line.until IS NULL OR $day < line.until)
WITH e, b, count(line) AS lines,
     sum(CASE WHEN line IS NULL THEN 0 ELSE coalesce(line.capacity, $line_capacity) END) AS capacity,
     coalesce(e.staff, $staff_per_enterprise) AS staff

// Head-counts where nobody is listed: the last ones until the day, each cell as it was last filled.
WITH e, b, lines, capacity, staff,
     COLLECT { MATCH (c:Tiaokuai:Count)-[:OF]->(e) WHERE c.since <= $day RETURN c ORDER BY c.since DESC } AS counts
WITH e, b, lines, capacity, staff,
     coalesce(head([c IN counts WHERE c.lines IS NOT NULL | c.lines]), 0) AS counted_lines,
     head([c IN counts WHERE c.capacity IS NOT NULL | c.capacity]) AS counted_capacity
WITH e, b, staff, lines + counted_lines AS lines,
     capacity + CASE counted_lines WHEN 0 THEN 0 ELSE coalesce(counted_capacity, counted_lines * $line_capacity) END
       AS capacity

// The gain of a line is what it adds to min(n, capacity): never more than its own capacity.
WITH e, b, lines, staff, CASE WHEN capacity < staff THEN capacity ELSE staff END AS potential,
     CASE WHEN capacity + $line_capacity < staff THEN capacity + $line_capacity ELSE staff END AS next
WHERE next > potential
WITH e.id AS enterprise, b.id AS block, staff, lines, next - potential AS gain,
     (staff - potential + $line_capacity - 1) / $line_capacity AS missing_lines
ORDER BY gain DESC, enterprise
LIMIT toInteger(coalesce($top, 9223372036854775807))
RETURN enterprise, block, staff, lines, gain, missing_lines
ORDER BY gain DESC, enterprise
