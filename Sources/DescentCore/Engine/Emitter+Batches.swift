/// Steps that threads share whole.
extension Emitter {
    /// Makes one step of small programs that follow each other and have nothing to do with each other, where there is enough
    /// to do for several threads.
    mutating func batchPrograms() {
        var batched: [PlanStep] = []
        var entries: [(reads: [Int], writes: [Int])] = []
        var open = Batch()
        func close() {
            if open.isWorthwhile {
                batched.append(.programs(ProgramBatch(open.programs)))
                entries.append((Array(open.reads), Array(open.writes)))
            } else {
                batched += open.programs.map { .program($0) }
                entries += open.touched
            }
            open = Batch()
        }
        let overwritten = Dictionary(
            donations.map { (leafCount + $0.output, $0.leaf) }, uniquingKeysWith: { first, _ in first })
        for (step, touched) in zip(steps, self.touched) {
            guard case .program(let program) = step, !program.isFallible, program.work < ProgramBatch.leastWork else {
                close()
                batched.append(step)
                entries.append(touched)
                continue
            }
            let writes = touched.writes + touched.writes.compactMap { overwritten[$0] }
            if !open.admits(touched.reads, writes) { close() }
            open.add(program, touched, writes)
        }
        close()
        replaceSteps(batched, entries)
    }

    private struct Batch {
        var programs: [Program] = []
        var touched: [(reads: [Int], writes: [Int])] = []
        var reads: Set<Int> = []
        /// What is written, and what may be written over.
        var writes: Set<Int> = []

        var isWorthwhile: Bool {
            programs.count > 1 && programs.reduce(0) { $0 + $1.work } >= ProgramBatch.leastWork
        }

        func admits(_ reads: [Int], _ writes: [Int]) -> Bool {
            !reads.contains { self.writes.contains($0) }
                && !writes.contains { self.reads.contains($0) || self.writes.contains($0) }
        }

        mutating func add(_ program: Program, _ touched: (reads: [Int], writes: [Int]), _ writes: [Int]) {
            programs.append(program)
            self.touched.append(touched)
            reads.formUnion(touched.reads)
            self.writes.formUnion(writes)
        }
    }
}
