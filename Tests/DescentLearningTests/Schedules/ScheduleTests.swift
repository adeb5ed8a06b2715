import DescentCore
import DescentFiles
import DescentLearning
import DescentTestSupport
import Testing

/// Schedules at their boundaries, beyond their ends, and where they are refused.
@Suite struct ScheduleTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let schedule: any LearningRateSchedule
        let values: [Int: Double]
        init(_ schedule: any LearningRateSchedule, _ values: [Int: Double]) {
            (self.schedule, self.values) = (schedule, values)
        }
        var testDescription: String { schedule.serialized().json }
    }

    @Test(
        arguments: [
            Row(
                ExponentialDecay(initialLearningRate: 1, decaySteps: 10, decayRate: 0.25),
                [0: 1, 5: 0.5, 10: 0.25, 20: 0.0625, -3: 1, 100_000: 0]),
            Row(
                ExponentialDecay(initialLearningRate: 1, decaySteps: 10, decayRate: 0.25, staircase: true),
                [0: 1, 9: 1, 10: 0.25, 19: 0.25, 20: 0.0625]),
            Row(
                InverseTimeDecay(initialLearningRate: 1, decaySteps: 10, decayRate: 1),
                [0: 1, 5: 1 / 1.5, 10: 0.5, 30: 0.25, -3: 1]),
            Row(
                InverseTimeDecay(initialLearningRate: 1, decaySteps: 10, decayRate: 1, staircase: true),
                [9: 1, 10: 0.5, 19: 0.5, 20: 1 / 3.0]),
            Row(
                PiecewiseConstantDecay(boundaries: [0, 5, 6], values: [1, 2, 3, 4]),
                [-1: 1, 0: 1, 1: 2, 5: 2, 6: 3, 7: 4, .max: 4]),
            Row(PiecewiseConstantDecay(boundaries: [], values: [0.5]), [0: 0.5, 9: 0.5]),
            Row(
                PolynomialDecay(initialLearningRate: 1, decaySteps: 4, endLearningRate: 0.5, power: 2),
                [-1: 1, 0: 1, 2: 0.625, 4: 0.5, 5: 0.5, .max: 0.5]),
            Row(
                PolynomialDecay(initialLearningRate: 1, decaySteps: 4, endLearningRate: 0, cycle: true),
                [0: 1, 2: 0.5, 4: 0, 5: 0.375, 8: 0, 9: 0.25, 12: 0]),
            Row(
                CosineDecay(initialLearningRate: 2, decaySteps: 4, alpha: 0.5),
                [-1: 2, 0: 2, 2: 1.5, 4: 1, 5: 1, .max: 1]),
            Row(
                CosineDecay(initialLearningRate: 2, decaySteps: 4, warmupSteps: 3),
                [0: 2, 2: 1, 4: 0]),
            Row(
                CosineDecay(initialLearningRate: 1, decaySteps: 4, warmupTarget: 3, warmupSteps: 2),
                [-1: 1, 0: 1, 1: 2, 2: 3, 4: 1.5, 6: 0, 7: 0]),
            Row(
                CosineDecayRestarts(initialLearningRate: 1, firstDecaySteps: 3, tMul: 3),
                // Restarts after 3, 12, 39, 120, …, 3(3ᵏ − 1)/2: there the logarithm of the closed form misses.
                [0: 1, 3: 1, 12: 1, 39: 1, 120: 1, 363: 1, 1092: 1, 3279: 1, 29523: 1]),
            Row(
                CosineDecayRestarts(initialLearningRate: 1, firstDecaySteps: 4, tMul: 2, mMul: 0.5, alpha: 0.25),
                [0: 1, 2: 0.625, 4: 0.625, 8: 0.4375, 12: 0.4375, -1: 1]),
            Row(
                CosineDecayRestarts(initialLearningRate: 1, firstDecaySteps: 4, tMul: 1, mMul: 0.5),
                [2: 0.5, 4: 0.5, 6: 0.25, 8: 0.25, 4_000_000_000: 0]),
            Row(
                // Periods of 4, 2 and 1 steps.
                CosineDecayRestarts(initialLearningRate: 1, firstDecaySteps: 4, tMul: 0.5, alpha: 0.125),
                [0: 1, 4: 1, 5: 0.5625, 6: 1, 7: 0.125, 8: 0.125, .max: 0.125]),
            Row(warmup(steps: 4, to: 1), [-1: 0, 0: 0, 1: 0.25, 3: 0.75, 4: 1, 5: 1, .max: 1]),
            Row(warmup(steps: 4, from: 2, to: 1), [0: 2, 2: 1.5, 4: 1]),
            Row(
                warmup(steps: 4, to: 1).then(PiecewiseConstantDecay(boundaries: [1], values: [5, 6])),
                [3: 0.75, 4: 5, 5: 5, 6: 6]),
            Row(
                warmup(steps: 2, to: 1).then(warmup(steps: 2, from: 1, to: 3)).then(
                    PiecewiseConstantDecay(boundaries: [], values: [7])),
                [1: 0.5, 2: 1, 3: 2, 4: 7, 40: 7]),
        ])
    func valuesByHand(row: Row) throws {
        try #require(row.schedule.problem == nil)
        for (step, value) in row.values {
            #expect(abs(row.schedule(step) - value) < 1e-12, "step \(step): \(row.schedule(step)), want \(value)")
        }
        let again = try Schedules.deserialize(.object(row.schedule.serialized()))
        #expect(again.getConfig() == row.schedule.getConfig())
        for step in row.values.keys { #expect(again(step) == row.schedule(step)) }
    }

    @Test(
        arguments: [
            (ExponentialDecay(initialLearningRate: 1, decaySteps: 0, decayRate: 1), "decaySteps must be positive"),
            (InverseTimeDecay(initialLearningRate: 1, decaySteps: -1, decayRate: 1), "decaySteps must be positive"),
            (PolynomialDecay(initialLearningRate: 1, decaySteps: 0), "decaySteps must be positive"),
            (CosineDecay(initialLearningRate: 1, decaySteps: 0), "decaySteps must be positive"),
            (CosineDecay(initialLearningRate: 1, decaySteps: 9, warmupSteps: -1), "warmupSteps must not be negative"),
            (CosineDecayRestarts(initialLearningRate: 1, firstDecaySteps: 0), "firstDecaySteps must be positive"),
            (CosineDecayRestarts(initialLearningRate: 1, firstDecaySteps: 1, tMul: 0), "tMul must be positive"),
            (PiecewiseConstantDecay(boundaries: [1], values: [1]), "there must be one value more than boundaries"),
            (PiecewiseConstantDecay(boundaries: [2, 2], values: [1, 2, 3]), "boundaries must rise"),
            (warmup(steps: 0, to: 1), "steps must be positive"),
            (warmup(steps: 1, to: 1).then(CosineDecay(initialLearningRate: 1, decaySteps: 0)), "decaySteps must be"),
            (
                warmup(steps: 1, to: 1).then(CosineDecay(initialLearningRate: 1, decaySteps: 1))
                    .then(CosineDecay(initialLearningRate: 1, decaySteps: 1)), "only a warm-up ends"
            ),
        ] as [(any LearningRateSchedule, String)])
    func refusals(schedule: any LearningRateSchedule, rule: String) throws {
        let problem = try #require(schedule.problem)
        #expect(problem.rule.hasPrefix(rule))
        #expect(problem.location?.file.hasSuffix("ScheduleTests.swift") == true)
        // Asked nevertheless, it answers something; nothing traps.
        _ = schedule(0) + schedule(5)
        guard problem.operation != "then" else { return }
        let error = #expect(throws: DescentError.self) {
            try Schedules.deserialize(.object(schedule.serialized()))
        }
        #expect(error?.rule == problem.rule)
    }

    @Test func asKerasWritesIt() throws {
        let text = #"""
            {"module": "keras.optimizers.schedules", "class_name": "PolynomialDecay", "config": {"cycle": false,
             "decay_steps": 10000, "end_learning_rate": 0.01, "initial_learning_rate": 0.1, "name": null, "power": 0.5},
             "registered_name": null}
            """#
        let schedule = try Schedules.deserialize(.object(Configuration(json: text)))
        let polynomial = try #require(schedule as? PolynomialDecay)
        #expect(polynomial.decaySteps == 10000 && polynomial.power == 0.5 && polynomial(0) == 0.1)
    }

    @Test(
        arguments: [
            ("3", "an object with class_name and config"),
            (#"{"config": {}}"#, "must have class_name"), (#"{"class_name": "CosineDecay"}"#, "must have config"),
            (#"{"class_name": "CosineDecay", "config": 1}"#, "the config of CosineDecay must be an object"),
            (#"{"class_name": "Cosine", "config": {}}"#, "a schedule is one of ExponentialDecay, InverseTimeDecay"),
            (#"{"class_name": "CosineDecay", "config": {}, "x": 1}"#, "may have the keys"),
            (#"{"class_name": "CosineDecay", "config": {"decay_steps": 1}}"#, "must have initial_learning_rate"),
            (
                #"{"class_name": "CosineDecay", "config": {"decay_steps": 1.5, "initial_learning_rate": 1}}"#,
                "decay_steps of CosineDecay must be a whole number"
            ),
            (
                #"{"class_name": "CosineDecay", "config": {"decay_steps": 1, "initial_learning_rate": 1, "beta": 2}}"#,
                "may have the keys alpha, decay_steps"
            ),
            (
                #"{"class_name": "PiecewiseConstantDecay", "config": {"boundaries": [1.5], "values": [1, 2]}}"#,
                "must be a list of whole numbers"
            ),
            (
                #"{"class_name": "PiecewiseConstantDecay", "config": {"boundaries": 1, "values": [1, 2]}}"#,
                "must be a list of whole numbers"
            ),
            (
                #"{"class_name": "Warmup", "config": {"steps": 1, "to": 1, "following": 7}}"#,
                "an object with class_name and config"
            ),
        ])
    func badConfigurations(text: String, rule: String) throws {
        let value = try #require(Configuration(json: #"{"rate": \#(text)}"#)["rate"])
        let error = #expect(throws: DescentError.self) { try Schedules.deserialize(value) }
        #expect(error?.rule.contains(rule) == true, "\(String(describing: error))")
    }

    private struct Halving: LearningRateSchedule {
        static let className = "Halving"
        func callAsFunction(_ step: Int) -> Double { 1 / Double(1 << step) }
        func getConfig() -> Configuration { [:] }
        static func fromConfig(_ config: Configuration, customObjects: CustomObjects) throws -> Halving {
            try ConfigurationReader(config, for: className).finish()
            return Halving()
        }
    }

    @Test func customObjects() throws {
        let plain = Configuration.Value.object(Halving().serialized())
        #expect(throws: DescentError.self) { try Schedules.deserialize(plain) }
        let named = try Schedules.deserialize(plain, customObjects: ["Halving": Halving.self])
        #expect(named(3) == 0.125)
        let registered = try Schedules.deserialize(
            ["module": "mine", "class_name": "Halving", "config": [:], "registered_name": "Custom>Halving"],
            customObjects: ["Custom>Halving": Halving.self])
        #expect(registered(1) == 0.5)
        // They are handed on to what a schedule contains.
        let outer = Configuration.Value.object(warmup(steps: 1, to: 1).then(Halving()).serialized())
        let nested = try Schedules.deserialize(outer, customObjects: ["Halving": Halving.self])
        #expect(nested(2) == 0.5)
    }
}
