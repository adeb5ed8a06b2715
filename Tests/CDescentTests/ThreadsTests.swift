import CDescent
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension KernelTests {
    @Suite struct ThreadsTests {
        /// Counts in one array how often each task ran; tasks write different elements, so need no lock.
        private static func counts(tasks: Int, rounds: Int = 1) -> [Int64] {
            var counts = [Int64](repeating: 0, count: max(tasks, 1))
            counts.withUnsafeMutableBufferPointer { buffer in
                for _ in 0..<rounds {
                    cd_parallel(
                        Int64(tasks),
                        { context, task in
                            context!.assumingMemoryBound(to: Int64.self)[Int(task)] += 1
                        }, buffer.baseAddress)
                }
            }
            return counts
        }

        @Test func threadsAreCountedAndChosen() {
            #expect(cd_threads() >= 1)
            withKernels(threads: 3) { #expect(cd_threads() == 3) }
            withKernels(threads: 0) { #expect(cd_threads() == 1) }
            withKernels(threads: -5) { #expect(cd_threads() == 1) }
        }

        @Test(arguments: [1, 2, 3, 5] as [Int32])
        func everyTaskRunsOnce(threads: Int32) {
            withKernels(threads: threads) {
                for tasks in [1, 2, 3, 7, 100, 1000] {
                    #expect(Self.counts(tasks: tasks).allSatisfy { $0 == 1 })
                }
                #expect(Self.counts(tasks: 0) == [0])
            }
        }

        @Test(arguments: [1, 2, 3] as [Int32])
        func jobsInCloseSuccession(threads: Int32) {
            withKernels(threads: threads) {
                #expect(Self.counts(tasks: 8, rounds: 5000).allSatisfy { $0 == 5000 })
            }
        }

        /// What a job leaves is seen by the next, and by the caller, whichever threads ran it.
        @Test func jobsSeeWhatEarlierOnesWrote() {
            struct Buffers {
                var from, to: UnsafeMutablePointer<Int64>
            }
            let count = 64
            withKernels(threads: 3) {
                var one = [Int64](0..<64), other = one
                one.withUnsafeMutableBufferPointer { one in
                    other.withUnsafeMutableBufferPointer { other in
                        var buffers = Buffers(from: one.baseAddress!, to: other.baseAddress!)
                        for _ in 0..<500 {
                            cd_parallel(
                                Int64(count),
                                { context, task in
                                    let buffers = context!.load(as: Buffers.self)
                                    buffers.to[Int(task)] = buffers.from[Int(task + 1) % 64] + 1
                                }, &buffers)
                            swap(&buffers.from, &buffers.to)
                        }
                    }
                }
                // The number of rounds is even: the last result is in `one`, turned by 500 places.
                let expected: [Int64] = (500..<564).map { $0 % 64 + 500 }
                #expect(one == expected)
            }
        }

        @Test func nestedJobsRun() {
            withKernels(threads: 2) {
                var counts = [Int64](repeating: 0, count: 20 * 50)
                counts.withUnsafeMutableBufferPointer { buffer in
                    cd_parallel(
                        20,
                        { context, task in
                            let row = context!.assumingMemoryBound(to: Int64.self) + Int(task) * 50
                            cd_parallel(
                                50,
                                { row, task in
                                    row!.assumingMemoryBound(to: Int64.self)[Int(task)] += task
                                }, row)
                        }, buffer.baseAddress)
                }
                #expect(counts == (0..<1000).map { Int64($0 % 50) })
            }
        }

        @Test func concurrentCallersDoNotWaitForEachOther() async {
            let old = cd_threads()
            cd_set_threads(2)
            defer { cd_set_threads(old) }
            let results = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<4 {
                    group.addTask { Self.counts(tasks: 40, rounds: 500).allSatisfy { $0 == 500 } }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results == [true, true, true, true])
        }

        /// More threads than any machine of today has processors; sleeping workers are woken by others.
        @Test func manyMoreThreadsThanProcessors() {
            withKernels(threads: 64) {
                for tasks in [2, 63, 64, 65, 1000] {
                    #expect(Self.counts(tasks: tasks, rounds: 100).allSatisfy { $0 == 100 })
                }
            }
        }

        /// Each task waits until as many threads work as the job can have: all sleepers must have been woken.
        @Test func sleepersAreWokenUntilAllSeatsAreTaken() {
            let threads = 5
            withKernels(threads: Int32(threads)) {
                for _ in 0..<3 {
                    // Longer than workers spin.
                    usleep(3000)
                    let met = UnsafeMutablePointer<Atomic<Int>>.allocate(capacity: 1)
                    met.initialize(to: Atomic(0))
                    defer { met.deallocate() }
                    cd_parallel(
                        Int64(threads),
                        { context, _ in
                            let met = context!.assumingMemoryBound(to: Atomic<Int>.self)
                            met.pointee.add(1, ordering: .relaxed)
                            while met.pointee.load(ordering: .relaxed) < 5 { sched_yield() }
                        }, met)
                    #expect(met.pointee.load(ordering: .relaxed) == 5)
                }
            }
        }

        /// Callers that keep the pool busy, jobs inside jobs, and another number of threads from one job to the next.
        @Test func everythingAtOnce() async {
            let old = cd_threads()
            defer { cd_set_threads(old) }
            let results = await withTaskGroup(of: Bool.self) { group in
                for caller in 0..<6 {
                    group.addTask {
                        (0..<20).allSatisfy { round in
                            cd_set_threads(Int32([1, 2, 7, 64][(caller + round) % 4]))
                            var counts = [Int64](repeating: 0, count: 12 * 30)
                            counts.withUnsafeMutableBufferPointer { buffer in
                                cd_parallel(
                                    12,
                                    { context, task in
                                        let row = context!.assumingMemoryBound(to: Int64.self) + Int(task) * 30
                                        cd_parallel(
                                            30,
                                            { row, task in
                                                row!.assumingMemoryBound(to: Int64.self)[Int(task)] += task
                                            }, row)
                                    }, buffer.baseAddress)
                            }
                            return counts == (0..<360).map { Int64($0 % 30) }
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results.count == 6 && results.allSatisfy { $0 })
        }
    }
}
