import DescentCore

/// What may stand in `compile`'s list of metrics: a metric, or a documented name.
///
/// ```swift
/// let model = Sequential(Dense(1))
/// try model.compile(optimizer: "sgd", loss: "mse", metrics: ["mae", RootMeanSquaredError()])
/// print(try model.evaluate([[1], [2]], [1, 2], verbose: .silent).names)
/// // ["loss", "mae", "root_mean_squared_error"]
/// ```
public protocol MetricChoice {
    /// The metric beside labels and predictions of these shapes, and what to call its figure.
    func metric(yTrue: Shape, yPred: Shape) throws -> (name: String, metric: any Metric)
}

extension String: MetricChoice {
    /// The metric with this documented name. `accuracy` and `crossentropy` are binary, categorical or sparse, as the shapes
    /// tell.
    public func metric(yTrue: Shape, yPred: Shape) throws -> (name: String, metric: any Metric) {
        (self, try Metrics.named(self, yTrue: yTrue, yPred: yPred))
    }
}

extension Metric {
    /// This metric itself.
    public func metric(yTrue: Shape, yPred: Shape) throws -> (name: String, metric: any Metric) { (name, self) }
}
