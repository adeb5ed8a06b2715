import Descent
import Testing

@testable import DescentCommand

@Suite struct PredictTests {
    /// A model of houses, trained and saved.
    private func saved(_ workshop: Workshop, _ more: String...) throws -> String {
        let houses = try workshop.houses()
        let model = workshop.path("m.safetensors")
        var run = Run()
        let console = Console(output: { run.output += $0 }, errors: { run.errors += $0 })
        let all = ["fit", houses, "--target", "price", "--quiet", "--epochs", "5", "--save", model] + more
        try #require(Command.run(all, console) == 0, "\(run.errors)")
        return model
    }

    private func predictions(_ run: Run) -> [Double] { run.lines.dropFirst().compactMap { Double($0) } }

    @Test(arguments: ["mlp", "linear", "polynomial"])
    func predictionsAreThoseOfTheModelInMemory(_ kind: String) throws {
        let workshop = try Workshop()
        let houses = try workshop.houses()
        var settings = Settings()
        settings.target = "price"
        settings.epochs = 5
        settings.isQuiet = true
        settings.kind = try #require(Settings.Kind(rawValue: kind))
        let console = Console(output: { _ in }, errors: { _ in })
        let table = try CSV.read(houses)
        let training = try Training(table, from: "houses", settings, console)
        _ = try training.run()
        try training.regressor.save(workshop.path("own.safetensors"))
        let expected = try training.regressor.predict(training.regressor.encoder.encode(table).x)

        let run = descent("predict", workshop.path("own.safetensors"), houses)
        #expect(run.status == 0 && run.lines[0] == "prediction")
        #expect(predictions(run) == expected)
        // And the command that trains in one go gives the same model.
        #expect(descent("predict", try saved(workshop, "--model", kind), houses).output == run.output)
    }

    @Test func rowsStayInOrderWithAndWithoutTheTarget() throws {
        let workshop = try Workshop()
        let model = try saved(workshop)
        let with = descent("predict", model, workshop.path("houses.csv"))
        #expect(predictions(with).count == 120)
        #expect(with.errors.hasPrefix("descent: price of 120 rows: RMSE "))

        // Other columns, another order, no target.
        let rows = try workshop.text("houses.csv").split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        let turned = rows.map { "\($0[2]),note,\($0[1]),\($0[0])\n" }.joined()
        let without = descent(
            "predict", model, try workshop.file("new.csv", turned.replacing("town,note", with: "town,remark")))
        #expect(without.output == with.output && without.errors.isEmpty)
        let one = descent("predict", model, try workshop.file("one.csv", "area,rooms,town\n100,3,Ulm\n"))
        #expect(predictions(one).count == 1)
        let none = descent("predict", model, try workshop.file("none.csv", "area,rooms,town\n"))
        #expect(none.status == 0 && none.output == "prediction\n", "\(none.errors)")
    }

    @Test func partOfTheTruthIsEnoughForAnError() throws {
        let workshop = try Workshop()
        let model = try saved(workshop)
        let file = try workshop.file("new.csv", "area,rooms,town,price\n100,3,Ulm,\n90,2,Bern,900\n80,2,Bern,800\n")
        #expect(descent("predict", model, file).errors.hasPrefix("descent: price of 2 rows: RMSE "))
    }

    @Test func predictionsGoToAFile() throws {
        let workshop = try Workshop()
        let model = try saved(workshop)
        let plain = descent("predict", model, workshop.path("houses.csv"))
        let run = descent("predict", model, workshop.path("houses.csv"), "--output", workshop.path("p.csv"))
        #expect(run.status == 0 && run.output.isEmpty)
        #expect(try workshop.text("p.csv") == plain.output)
        #expect(descent("predict", model, workshop.path("houses.csv"), "--output", "-").output == plain.output)
        for taken in [model, workshop.path("houses.csv")] {
            #expect(descent("predict", model, workshop.path("houses.csv"), "--output", taken).status == 2)
        }
    }

    @Test func textsThatTrainingDidNotHaveAreTold() throws {
        let workshop = try Workshop()
        let model = try saved(workshop)
        let file = try workshop.file("new.csv", "area,rooms,town\n100,3,Rome\n90,2,Bern\n80,2,Oslo\n")
        let run = descent("predict", model, file)
        #expect(run.status == 0 && predictions(run).count == 3)
        #expect(run.errors == "descent: note: 2 texts of column \"town\" did not occur in training\n")
    }

    @Test(arguments: [
        ("area,rooms\n1,2\n", "there is no column \"town\", which the model needs (there is area, rooms)"),
        (
            "aera,rooms,town\n1,2,Ulm\n",
            "there is no column \"area\", which the model needs; did you rename it to \"aera\"?"
        ),
        ("rooms\n1\n", "there is no column \"area\", nor town, which the model needs"),
        (
            "area,rooms,town\n1,2,Ulm\n1,two,Ulm\n",
            "row 2, column \"rooms\": \"two\" is no number, as it was in training"
        ),
        ("area,rooms,town\n1,2,Ulm\n1,inf,Ulm\n", "inf in row 2, column \"rooms\""),
        ("area,rooms,town\n1,2,Ulm\n1,2\n", "a row must have 3 fields: 2 on line 3"),
        ("", "there is no column \"area\""),
    ])
    func tablesThatDoNotFitTheModel(_ text: String, _ message: String) throws {
        let workshop = try Workshop()
        let model = try saved(workshop)
        let run = descent("predict", model, try workshop.file("new.csv", text))
        #expect(run.status == 1 && run.output.isEmpty)
        #expect(run.errors.contains(message) && run.errors.contains("new.csv"), "\(run.errors)")
    }

    @Test func modelsThatAreNone() throws {
        let workshop = try Workshop()
        let houses = try workshop.houses()
        try SafeTensors.write([("w", [1.0])], to: workshop.path("other.safetensors"))
        for path in [houses, workshop.path("other.safetensors")] {
            let run = descent("predict", path, houses)
            #expect(run.status == 1)
            #expect(run.errors == "descent: \(path): this is no model that descent fit has saved\n")
        }
        #expect(descent("predict", workshop.path("gone"), houses).errors.contains("No such file or directory"))
        #expect(descent("predict", workshop.folder.path, houses).errors.contains("Is a directory"))

        let model = try saved(workshop)
        let file = try SafeTensors.read(model)
        for (key, value, message) in [
            ("descent.regressor", #"{"version": 2, "encoder": {}}"#, "by a later version"),
            ("descent.regressor", #"{"version": 1, "encoder": {"target": 3}}"#, "the model is damaged"),
            ("descent.model", "{}", "the model is damaged"),
        ] {
            let changed = workshop.path("changed.safetensors")
            let metadata = file.metadata.merging([key: value]) { $1 }
            try SafeTensors.write(try file.tensors(), metadata: metadata, to: changed)
            let run = descent("predict", changed, houses)
            #expect(run.status == 1 && run.errors.contains(message), "\(run.errors)")
        }
    }
}
