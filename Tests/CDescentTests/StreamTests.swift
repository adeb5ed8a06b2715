import CDescent
import Testing

extension KernelTests {
    /// Outputs that go past the caches: those of programs that move more than these hold.
    @Suite struct StreamTests {
        private static let count = 3_000_017

        /// y = a b and z = y + a, or z = y + b written over b, and the sum of z; the outputs begin anywhere.
        private func run(inPlace: Bool, threads: Int) {
            let count = Self.count
            func array(_ start: Int) -> UnsafeMutablePointer<Float> {
                let memory = UnsafeMutableRawPointer.allocate(byteCount: 4 * (count + 32), alignment: 64)
                let floats = memory.bindMemory(to: Float.self, capacity: count + 32)
                floats.initialize(repeating: -7, count: count + 32)
                return floats + start
            }
            let (a, b, y, z) = (array(0), array(3), array(1), array(15))
            defer {
                a.deallocate()
                (b - 3).deallocate()
                (y - 1).deallocate()
                (z - 15).deallocate()
            }
            var source = Source(state: 9)
            for i in 0..<count {
                let bits = source.next()
                a[i] = Float(bits & 7) - 3
                b[i] = Float(bits >> 3 & 3)
            }
            let old = Array(UnsafeBufferPointer(start: b, count: count))
            let input = UInt8(CD_SLOT_INPUT), output = UInt8(CD_SLOT_OUTPUT)
            func slot(_ kind: UInt8, _ buffer: Int32) -> cd_slot {
                var slot = cd_slot()
                (slot.kind, slot.index) = (kind, buffer)
                return slot
            }
            let slots = [slot(input, 0), slot(input, 1), slot(output, 2), slot(output, inPlace ? 1 : 3)]
            func instruction(_ op: Int, _ a: Int32, _ b: Int32, _ to: Int32) -> cd_instruction {
                cd_instruction(
                    form: UInt8(CD_FORM_BINARY), op: UInt8(op), dtype: UInt8(CD_F32), scalars: 0, destination: to,
                    a: a, b: b, condition: 0)
            }
            let instructions = [instruction(CD_MUL, 0, 1, 2), instruction(CD_ADD, 2, inPlace ? 1 : 0, 3)]
            let reduction = cd_reduction(op: UInt8(CD_REDUCE_SUM), dtype: UInt8(CD_F32), slot: 3, buffer: 4)
            var sum: Float = 0
            slots.withUnsafeBufferPointer { slots in
                instructions.withUnsafeBufferPointer { instructions in
                    withUnsafePointer(to: reduction) { reduction in
                        withUnsafeMutablePointer(to: &sum) { sum in
                            var program = cd_program()
                            program.rank = 1
                            program.dims.0 = Int64(count)
                            program.count = Int64(count)
                            (program.slot_count, program.instruction_count, program.reduction_count) = (4, 2, 1)
                            program.slots = slots.baseAddress
                            program.instructions = instructions.baseAddress
                            program.reductions = reduction
                            program.fold = UInt8(CD_FOLD_ALL)
                            let buffers: [UnsafeMutableRawPointer?] = [
                                .init(a), .init(b), .init(y), .init(z), .init(sum),
                            ]
                            let scratch = UnsafeMutableRawPointer.allocate(
                                byteCount: cd_program_scratch_bytes(&program, Int32(threads)), alignment: 64)
                            #expect(Int(cd_program_run(&program, buffers, scratch, Int32(threads))) == CD_OK)
                            scratch.deallocate()
                        }
                    }
                }
            }
            var (wrong, total) = (0, 0.0)
            let last = inPlace ? b : z
            for i in 0..<count {
                let product = a[i] * old[i]
                let next = product + (inPlace ? old[i] : a[i])
                total += Double(next)
                if y[i] != product || last[i] != next { wrong += 1 }
            }
            #expect(wrong == 0 && sum == Float(total), "in place \(inPlace), \(threads) threads")
            // Nothing around the outputs has changed.
            let around = [y[-1], y[count], last[-1], last[count], z[-15], z[count + 16]]
            #expect(around.allSatisfy { $0 == -7 })
        }

        @Test func largeOutputsAreWhole() {
            let outer = cd_threads()
            defer { cd_set_threads(outer) }
            cd_set_threads(3)
            for threads in [1, 2, 3] {
                run(inPlace: false, threads: threads)
                run(inPlace: true, threads: threads)
            }
        }
    }
}
