import Descent

/// A model, and what makes tensors of tables for it: all that a prediction needs.
struct Regressor {
    let encoder: TableEncoder
    let model: Sequential
    /// What stands for a missing value.
    let missing: Set<String>
    private static let key = "descent.regressor"
    private static let rowsAtOnce = 4096

    init(encoder: TableEncoder, model: Sequential, missing: Set<String>) {
        self.encoder = encoder
        self.model = model
        self.missing = missing
    }

    /// What the model says of encoded rows, in the target's units.
    func predict(_ x: Tensor) throws -> [Double] {
        guard x.shape[0] > 0 else { return [] }
        let scaled = try model.predict(x, batchSize: Self.rowsAtOnce, verbose: .silent)
        return try encoder.inverseTarget(scaled).evaluated().scalars(as: Double.self)
    }

    func save(_ path: String) throws {
        let config: Configuration = [
            "version": 1, "encoder": .object(encoder.getConfig()),
            "missing": .list(missing.sorted().map { .string($0) }),
        ]
        try model.save(path, metadata: [Self.key: config.json])
    }

    /// What `save` has written.
    static func load(_ path: String) throws -> Regressor {
        try File.requireReadable(path)
        let stranger = Failure("\(path): this is no model that descent fit has saved")
        guard let file = try? SafeTensors.read(path), let text = file.metadata[key] else { throw stranger }
        guard let config = try? Configuration(json: text), let encoder = config["encoder"]?.object else {
            throw stranger
        }
        guard config["version"] == 1 else {
            throw Failure("\(path): this model was saved by a later version of descent")
        }
        do {
            return Regressor(
                encoder: try TableEncoder.fromConfig(encoder),
                model: try Sequential.load(path, customObjects: ["Monomials": Monomials.self]),
                missing: Set(config["missing"]?.list?.compactMap(\.string) ?? []))
        } catch {
            throw Failure("\(path): the model is damaged: \(Failure(error).message)")
        }
    }
}
