-- SPDX-License-Identifier: Apache-2.0
-- One line that a program can read: requests, microseconds, failures, the 99th percentile in microseconds.
function done(summary, latency)
  local e = summary.errors
  local failures = e.connect + e.read + e.write + e.status + e.timeout
  io.write(string.format("wrk-report %d %d %d %d\n", summary.requests, summary.duration, failures, latency:percentile(99)))
end
