#pragma once

namespace jobsched::pg {

// The statements that read deliveries: from the log, and from the jobs that have one outstanding.
// $1 is the account's name.

// Where lists look for deliveries, at most $2 at a time. Each gives a delivery's job, fire_time and
// epoch; `at` of the last that the log has of it, NULL if it has nothing; the number of its
// DeliveryState; the log's id of the row, 0 if it was not looked for there; and whether that is the
// last row of the delivery.
//
// Whether a row is the last one is looked up for each, not joined: the order of the index gives the
// page, whatever the planner makes of the table's size.
inline constexpr auto kLogOfAccount =
    "SELECT t.job, t.fire_time, t.epoch, t.at, coalesce((SELECT (j.token IS NOT NULL)::int"
    "  FROM jobsched.jobs j WHERE j.account = t.account AND j.id = t.job"
    "  AND j.fire_time = t.fire_time AND j.fired_in = t.epoch), t.state), t.id,"
    " NOT EXISTS (SELECT 1 FROM jobsched.attempts l WHERE l.job = t.job"
    "  AND l.fire_time = t.fire_time AND l.epoch = t.epoch AND l.account = t.account"
    "  AND l.id > t.id)"
    " FROM jobsched.attempts t"
    " WHERE t.account = (SELECT id FROM jobsched.accounts WHERE name = $1) AND t.id < $3::bigint"
    " ORDER BY t.id DESC LIMIT $2::bigint";
inline constexpr auto kLogInVain =
    "SELECT t.job, t.fire_time, t.epoch, t.at, coalesce((SELECT (j.token IS NOT NULL)::int"
    "  FROM jobsched.jobs j WHERE j.account = t.account AND j.id = t.job"
    "  AND j.fire_time = t.fire_time AND j.fired_in = t.epoch), t.state), t.id,"
    " NOT EXISTS (SELECT 1 FROM jobsched.attempts l WHERE l.job = t.job"
    "  AND l.fire_time = t.fire_time AND l.epoch = t.epoch AND l.account = t.account"
    "  AND l.id > t.id)"
    " FROM jobsched.attempts t"
    " WHERE t.account = (SELECT id FROM jobsched.accounts WHERE name = $1) AND t.id < $3::bigint"
    " AND t.state > 2 AND t.state = $4::bigint"
    " ORDER BY t.id DESC LIMIT $2::bigint";

// What is outstanding goes before what the log said last: it is being attempted again. What was
// last is looked up once the page is known: only the keys come out of the index in order.
inline constexpr auto kDeliveriesOfJob =
    "SELECT $3::uuid, fire_time, epoch, last.at, coalesce(live, last.state), 0, true"
    " FROM (SELECT fire_time, epoch, max(live) AS live FROM ("
    "   (SELECT DISTINCT ON (fire_time, epoch) fire_time, epoch, NULL::int AS live"
    "     FROM jobsched.attempts"
    "     WHERE account = (SELECT id FROM jobsched.accounts WHERE name = $1) AND job = $3::uuid"
    "     AND (fire_time, epoch) < ($4::bigint, $5::bigint)"
    "     ORDER BY fire_time DESC, epoch DESC LIMIT $2::bigint)"
    "   UNION ALL"
    "   SELECT fire_time, fired_in, (token IS NOT NULL)::int FROM jobsched.jobs"
    "     WHERE account = (SELECT id FROM jobsched.accounts WHERE name = $1) AND id = $3::uuid"
    "     AND (fire_time, fired_in) < ($4::bigint, $5::bigint)) AS known"
    "  GROUP BY fire_time, epoch ORDER BY fire_time DESC, epoch DESC LIMIT $2::bigint) AS page"
    " CROSS JOIN LATERAL (SELECT (array_agg(t.at ORDER BY t.id DESC))[1] AS at,"
    "   (array_agg(t.state ORDER BY t.id DESC))[1] AS state FROM jobsched.attempts t"
    "   WHERE t.account = (SELECT id FROM jobsched.accounts WHERE name = $1)"
    "   AND t.job = $3::uuid AND t.fire_time = page.fire_time AND t.epoch = page.epoch) AS last"
    " ORDER BY fire_time DESC, epoch DESC";
inline constexpr auto kOutstandingOfAccount =
    "SELECT j.id, j.fire_time, j.fired_in, (SELECT (array_agg(t.at ORDER BY t.id DESC))[1]"
    "  FROM jobsched.attempts t WHERE t.job = j.id AND t.fire_time = j.fire_time"
    "  AND t.epoch = j.fired_in AND t.account = j.account), (j.token IS NOT NULL)::int, 0, true"
    " FROM jobsched.jobs j"
    " WHERE j.account = (SELECT id FROM jobsched.accounts WHERE name = $1)"
    " AND (j.id, j.fire_time) < ($3::uuid, $4::bigint) AND CASE WHEN $5::boolean"
    "  THEN j.token IS NOT NULL ELSE j.fire_time IS NOT NULL AND j.token IS NULL END"
    " ORDER BY j.id DESC LIMIT $2::bigint";

// What is known of the deliveries whose jobs, fire times and epochs are the arrays $2 to $4. Both
// give a delivery's place in these first, from 1.
inline constexpr auto kAttemptsOfDeliveries =
    "SELECT k.place, t.id, t.attempt, t.at, t.state, t.reason, t.started, t.fault, t.status,"
    " t.error, t.response, t.dns, t.connect, t.tls, t.first_byte, t.total"
    " FROM unnest($2::uuid[], $3::bigint[], $4::bigint[])"
    "  WITH ORDINALITY AS k (job, fire_time, epoch, place)"
    " JOIN jobsched.attempts t ON t.job = k.job AND t.fire_time = k.fire_time"
    "  AND t.epoch = k.epoch"
    " WHERE t.account = (SELECT id FROM jobsched.accounts WHERE name = $1) ORDER BY t.id";
inline constexpr auto kOutstandingDeliveries =
    "SELECT k.place, j.attempt, j.due, j.token IS NOT NULL"
    " FROM unnest($2::uuid[], $3::bigint[], $4::bigint[])"
    "  WITH ORDINALITY AS k (job, fire_time, epoch, place)"
    " JOIN jobsched.jobs j ON j.id = k.job AND j.fire_time = k.fire_time AND j.fired_in = k.epoch"
    " WHERE j.account = (SELECT id FROM jobsched.accounts WHERE name = $1)";

}  // namespace jobsched::pg
