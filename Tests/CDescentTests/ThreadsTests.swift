import CDescent
import Testing

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
    }
}
