/// The figures of a workload, over all runs.
struct Measurement {
    let median: Double
    let least: Double
    let greatest: Double
    let runs: Int
    /// Processors that other programs kept busy meanwhile.
    let otherLoad: Double?
}

/// Times a step: warm-up, then runs of at least 10 ms for 1.5 s.
func measure(_ workload: Workload, _ step: () throws -> Void) throws -> Measurement {
    try step()
    try step()
    // Warm-up, and an estimate of one step.
    var start = Clock.now
    var steps = 0
    var elapsed = 0.0
    while elapsed <= 0.3 || steps < 3 {
        try step()
        steps += 1
        elapsed = Clock.now - start
    }
    let stepsOfRun = max(1, Int((0.01 / (elapsed / Double(steps))).rounded()))

    var figures: [Double] = []
    let (busy, own) = (Clock.machine, Clock.own)
    start = Clock.now
    while figures.count < 300, figures.count < 15 || Clock.now - start <= 1.5 {
        let begin = Clock.now
        for _ in 0..<stepsOfRun { try step() }
        figures.append(workload.unit.figure(seconds: (Clock.now - begin) / Double(stepsOfRun)))
    }
    elapsed = Clock.now - start
    let others = busy.flatMap { busy in Clock.machine.map { max(0, $0 - busy - (Clock.own - own)) / elapsed }
    }

    figures.sort()
    let middle = figures.count / 2
    return Measurement(
        median: figures.count % 2 == 1 ? figures[middle] : (figures[middle - 1] + figures[middle]) / 2,
        least: figures[0], greatest: figures[figures.count - 1], runs: figures.count, otherLoad: others)
}

/// The least time of `body` in nanoseconds, after two to warm up: of rounds of at least 2 ms, for 0.15 s.
func least(of body: () throws -> Void) throws -> Double {
    try body()
    try body()
    var (times, least) = (1, Double.infinity)
    let start = Clock.now
    var rounds = 0
    while rounds < 3 || Clock.now - start < 0.15 {
        let begin = Clock.now
        for _ in 0..<times { try body() }
        let elapsed = Clock.now - begin
        least = min(least, elapsed / Double(times))
        rounds += 1
        if elapsed < 0.002 { times = min(times * 4, 1 << 20) }
    }
    return least * 1e9
}
