-- For wrk: sends the requests of a file in turn, again and again, and ends with a line that a script can read.
--   wrk -s requests.lua URL -- FILE
-- The file holds whole requests as they go over the wire, without bodies.

local requests = {}
local last = 0

function init(arguments)
    local file = assert(io.open(arguments[1], "rb"))
    for head in file:read("*a"):gmatch("(.-\r\n)\r\n") do
        requests[#requests + 1] = head .. "\r\n"
    end
    file:close()
    assert(#requests > 0, "no request in " .. arguments[1])
end

function request()
    last = last % #requests + 1
    return requests[last]
end

-- requests, microseconds, failures, and the 50th and the 99th percentile of the latency in microseconds
function done(summary, latency)
    local errors = summary.errors
    local failures = errors.connect + errors.read + errors.write + errors.status + errors.timeout
    io.write(string.format("figures: %d %d %d %d %d\n",
        summary.requests, summary.duration, failures, latency:percentile(50), latency:percentile(99)))
end
