"""What happens in Redis in one step, as Lua scripts.

The keys of a crawl NAME begin with `genbun:{NAME}`, KEYS[1] of every script but `TURN`:

    genbun:{NAME}             hash: run, state (open, finished), newspaper, arguments, workers (how many so far),
                              discoverer, discovered, since, searcher, searched, begun, ended
    …:members                 hash: crawl id of a worker → its number, kept when the crawl is over
    …:beats                   hash: number of a worker that lives → a count that it raises; who does not is buried
    …:holds, …:announced      sets of numbers: who may still add of his own; who has said what he holds
    …:seen                    set: the fingerprint of each address that was added
    …:holders                 hash: fingerprint → number of the worker whose collection has a capture of it
    …:known                   set: the fingerprints of pages that earlier crawls got
    …:original, :requisite, :editorial   streams of entries, each with a consumer group in which a number is a consumer
    …:lane:NUMBER             stream of what one worker alone is to ask, since its collection can ask if it changed
    …:listings, …:modified    hashes: what the listings said, while one worker reads them; when known pages were changed
    …:days                    set: for which days originals are missing
    …:closed                  hash: host → why it is left alone in this crawl

An entry is one from XADD until it is settled (XACK and XDEL), so all streams being empty means that nothing is left.
"""

from __future__ import annotations

from typing import Final

#: What the scripts share. `bury` gives what a worker had claimed, and had to itself, to others: to `heir`, or to all.
_COMMON: Final = """
local p = KEYS[1]
local GROUP = 'workers'
local CLASSES = {'original', 'requisite', 'editorial'}
local TIES = {'seen', 'holders', 'known', 'holds', 'announced', 'beats', 'listings', 'modified', 'days', 'closed'}

local function key(name) return p .. ':' .. name end
local function lane(number) return p .. ':lane:' .. number end
local function is_open(run)
  local now = redis.call('HMGET', p, 'run', 'state')
  if now[1] ~= run then return 'gone' end
  return now[2]
end
local function append(stream, class, entry, tries)
  redis.call('XADD', stream, '*', 'class', class, 'entry', entry, 'tries', tries)
end
local function is_class(name)
  for _, class in ipairs(CLASSES) do if class == name then return true end end
  return false
end
local function add(print, class, entry)
  if redis.call('SADD', key('seen'), print) == 0 then return 0 end
  local holder = redis.call('HGET', key('holders'), print)
  local own = holder and redis.call('HEXISTS', key('beats'), holder) == 1
  append(own and lane(holder) or key(class), class, entry, 0)
  return 1
end
local function move(stream, item, heir)
  local fields = {}
  for i = 1, #item[2], 2 do fields[item[2][i]] = item[2][i + 1] end
  if is_class(fields.class) and fields.entry then
    local tries = (tonumber(fields.tries) or 0) + 1
    append(heir and lane(heir) or key(fields.class), fields.class, fields.entry, tries)
  end
end
local function bury(number, heir)
  local moved = 0
  for _, class in ipairs(CLASSES) do
    local stream = key(class)
    while redis.call('EXISTS', stream) == 1 do
      local claimed = redis.call('XPENDING', stream, GROUP, '-', '+', 500, number)
      if #claimed == 0 then break end
      for _, one in ipairs(claimed) do
        for _, item in ipairs(redis.call('XRANGE', stream, one[1], one[1])) do
          move(stream, item, heir)
          moved = moved + 1
        end
        redis.call('XACK', stream, GROUP, one[1])
        redis.call('XDEL', stream, one[1])
      end
    end
  end
  for _, item in ipairs(redis.call('XRANGE', lane(number), '-', '+')) do
    move(lane(number), item, heir)
    moved = moved + 1
  end
  redis.call('UNLINK', lane(number))
  redis.call('HDEL', key('beats'), number)
  redis.call('SREM', key('holds'), number)
  redis.call('SREM', key('announced'), number)
  for _, role in ipairs({'discoverer', 'searcher'}) do
    if redis.call('HGET', p, role) == number then redis.call('HDEL', p, role) end
  end
  return moved
end
local function tidy()
  for _, number in ipairs(redis.call('HVALS', key('members'))) do redis.call('UNLINK', lane(number)) end
  for _, name in ipairs(TIES) do redis.call('UNLINK', key(name)) end
  for _, class in ipairs(CLASSES) do redis.call('UNLINK', key(class)) end
end
local function is_over()
  if redis.call('HGET', p, 'discovered') ~= '1' or redis.call('SCARD', key('holds')) > 0 then return false end
  for _, class in ipairs(CLASSES) do if redis.call('XLEN', key(class)) > 0 then return false end end
  for _, number in ipairs(redis.call('HKEYS', key('beats'))) do
    if redis.call('XLEN', lane(number)) > 0 then return false end
  end
  return true
end
"""

#: ARGV: run, crawl id, newspaper, arguments, seconds after a crawl's end in which no other begins, crawl ids that were
#: this worker before. Returns `open`, run, number, 1 if one of those took part; or `over`, run, seconds since its
#: end; or `other`, newspaper, arguments.
JOIN: Final = (
    _COMMON
    + """
local now = redis.call('HMGET', p, 'run', 'state', 'newspaper', 'arguments', 'ended')
local run, state = now[1], now[2]
local mine = {}
for i = 6, #ARGV do
  local number = redis.call('HGET', key('members'), ARGV[i])
  if number then mine[#mine + 1] = number end
end
if run and state == 'finished' then
  local since = redis.call('TIME')[1] - (tonumber(now[5]) or 0)
  if #mine > 0 or (#ARGV == 5 and since < tonumber(ARGV[5])) then return {'over', run, since} end
end
if run and state == 'open' then
  if now[3] ~= ARGV[3] or now[4] ~= ARGV[4] then return {'other', now[3] or '', now[4] or ''} end
else
  tidy()
  redis.call('DEL', p, key('members'))
  run = ARGV[1]
  redis.call('HSET', p, 'run', run, 'state', 'open', 'newspaper', ARGV[3], 'arguments', ARGV[4],
    'begun', redis.call('TIME')[1])
  for _, class in ipairs(CLASSES) do redis.call('XGROUP', 'CREATE', key(class), GROUP, '0', 'MKSTREAM') end
end
local number = tostring(redis.call('HINCRBY', p, 'workers', 1))
redis.call('HSET', key('members'), ARGV[2], number)
redis.call('HSET', key('beats'), number, 0)
redis.call('SADD', key('holds'), number)
redis.call('XGROUP', 'CREATE', lane(number), GROUP, '0', 'MKSTREAM')
for _, before in ipairs(mine) do bury(before, number) end
return {'open', run, number, #mine > 0 and 1 or 0}
"""
)

#: ARGV: run, number, how many to claim at most, 1 to be told what is claimed already, how many are settled, then for
#: each its stream and id, then for each that was found its fingerprint, class and entry.
#: Returns the state (`gone`, `buried`, `finished` or `open`; `search` once nothing else is left, to the one that is to
#: search), 1 once the listings are read, and what is claimed: for each its stream, id, entry and tries.
EXCHANGE: Final = (
    _COMMON
    + """
local run, number, want = ARGV[1], ARGV[2], tonumber(ARGV[3])
local state = is_open(run)
if state ~= 'open' then return {state or 'gone', 0} end
if redis.call('HEXISTS', key('beats'), number) == 0 then return {'buried', 0} end
redis.call('HINCRBY', key('beats'), number, 1)
local at = 6 + 2 * tonumber(ARGV[5])
for i = at, #ARGV, 3 do add(ARGV[i], ARGV[i + 1], ARGV[i + 2]) end
for i = 6, at - 1, 2 do
  redis.call('XACK', ARGV[i], GROUP, ARGV[i + 1])
  redis.call('XDEL', ARGV[i], ARGV[i + 1])
end
local result = {'open', redis.call('HGET', p, 'discovered') == '1' and 1 or 0}
local streams = {lane(number)}
for _, class in ipairs(CLASSES) do streams[#streams + 1] = key(class) end
local function take(stream, count, from)
  local got = redis.call('XREADGROUP', 'GROUP', GROUP, number, 'COUNT', count, 'STREAMS', stream, from)
  if not got then return 0 end
  for _, item in ipairs(got[1][2]) do
    local fields = {}
    for i = 1, #(item[2] or {}), 2 do fields[item[2][i]] = item[2][i + 1] end
    result[#result + 1] = {stream, item[1], fields.entry or '', fields.tries or '0'}
  end
  return #got[1][2]
end
if ARGV[4] == '1' then
  for _, stream in ipairs(streams) do take(stream, 1000, '0') end
  local role = redis.call('HMGET', p, 'searcher', 'searched')
  if role[1] == number and role[2] ~= '1' then result[1] = 'search' end
end
for _, stream in ipairs(streams) do
  if want > 0 then want = want - take(stream, want, '>') end
end
if #result == 2 and is_over() then
  if redis.call('HGET', p, 'searched') ~= '1' then
    redis.call('HSET', p, 'searcher', number)
    redis.call('SADD', key('holds'), number)
    return {'search', 1}
  end
  redis.call('HSET', p, 'state', 'finished', 'ended', redis.call('TIME')[1])
  tidy()
  redis.call('EXPIRE', p, 2592000)
  redis.call('EXPIRE', key('members'), 2592000)
  return {'finished', 1}
end
return result
"""
)

#: ARGV: run, number; then for each entry its fingerprint, class and the entry. They go to that worker's own lane.
KEEP: Final = (
    _COMMON
    + """
if is_open(ARGV[1]) ~= 'open' or redis.call('HEXISTS', key('beats'), ARGV[2]) == 0 then return -1 end
local count = 0
for i = 3, #ARGV, 3 do
  if redis.call('SADD', key('seen'), ARGV[i]) == 1 then
    append(lane(ARGV[2]), ARGV[i + 1], ARGV[i + 2], 0)
    count = count + 1
  end
end
return count
"""
)

#: ARGV: run, number. Returns 1 if it is for this worker to read the listings.
LEAD: Final = (
    _COMMON
    + """
if is_open(ARGV[1]) ~= 'open' or redis.call('HGET', p, 'discovered') == '1' then return 0 end
redis.call('HSETNX', p, 'discoverer', ARGV[2])
return redis.call('HGET', p, 'discoverer') == ARGV[2] and 1 or 0
"""
)

#: ARGV: run, number, count that was last seen, or an empty string for oneself. Returns how many entries go to others,
#: -1 if that worker lives or is buried.
BURY: Final = (
    _COMMON
    + """
if is_open(ARGV[1]) ~= 'open' then return -1 end
local count = redis.call('HGET', key('beats'), ARGV[2])
if not count or (ARGV[3] ~= '' and count ~= ARGV[3]) then return -1 end
return bury(ARGV[2])
"""
)

#: KEYS: the host's pace, the crawl's closed hosts. ARGV: host, seconds between two requests, and `place` for a place in
#: the row, `turn` once its time has come, `look` to be told only whether the host is left alone now.
#: Returns milliseconds to wait, 0 to send now, or -1, why not, and until when (milliseconds, 0 if for this crawl).
#: The clock is Redis' own; where that was set back, what was noted later than now is forgotten.
TURN: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local closed = redis.call('HGET', KEYS[2], ARGV[1])
if closed then return {-1, closed, 0} end
local pace = redis.call('HMGET', KEYS[1], 'next', 'last', 'rest', 'slow', 'closed')
local next, last, rest = tonumber(pace[1]) or 0, tonumber(pace[2]) or 0, tonumber(pace[3]) or 0
if rest > now and pace[5] and pace[5] ~= '' then return {-1, pace[5], rest} end
if ARGV[3] == 'look' then return {0, '', 0} end
local delay = math.max(tonumber(ARGV[2]), tonumber(pace[4]) or 0) * 1000
if last > now then next, last = now, 0 end
local free = math.max(last + delay, rest, now)
if ARGV[3] == 'place' then
  free = math.max(free, next)
  redis.call('HSET', KEYS[1], 'next', string.format('%.0f', free + delay))
end
if free <= now then redis.call('HSET', KEYS[1], 'last', string.format('%.0f', now)) end
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.max(3600000, rest - now)))
return {math.ceil(free - now), '', 0}
"""

#: KEYS: the host's pace. ARGV: milliseconds of rest from now, seconds between two requests, why it is closed meanwhile.
#: What was asked for before holds if it is more.
REST: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local pace = redis.call('HMGET', KEYS[1], 'rest', 'slow')
local rest = tonumber(pace[1]) or 0
local wanted = now + tonumber(ARGV[1])
if wanted > rest then
  rest = wanted
  redis.call('HSET', KEYS[1], 'rest', string.format('%.0f', wanted))
end
if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'closed', ARGV[3]) end
if tonumber(ARGV[2]) > (tonumber(pace[2]) or 0) then redis.call('HSET', KEYS[1], 'slow', ARGV[2]) end
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.max(3600000, rest - now)))
return 1
"""
