// Eligible blocks without an active association on one day (the model, section 2).
//
//   :param {day: date('2026-06-30'), eligible_kinds: ['pilot', 'mature']}

MATCH (b:Tiaokuai:Block)
WHERE b.kind IN $eligible_kinds AND NOT EXISTS {
  MATCH (a:Tiaokuai:Association {kind: 'association'})-[:SERVES]->(b)
  WHERE a.since <= $day AND (a.until IS NULL OR $day < a.until)
}
RETURN b.id AS id
ORDER BY id
