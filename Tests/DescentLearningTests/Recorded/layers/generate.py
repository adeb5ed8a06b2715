"""Records what Keras 3 computes: for each case the layer as Keras serializes it, an input, the values of its variables,
the output, and the gradients of sum(output * weighting). Everything in float64.

    KERAS_BACKEND=jax JAX_ENABLE_X64=1 python generate.py
"""

import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_ENABLE_X64", "1")

import jax
import jax.numpy as jnp
import keras
import numpy as np
from keras.src.backend.common import dtypes

keras.backend.set_floatx("float64")
# On jax, Keras makes float32 of float64 in many functions; here all is float64.
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
L = keras.layers
here = pathlib.Path(__file__).parent
random = np.random.RandomState(7)


def tensor(x):
    x = np.asarray(x)
    assert x.dtype != np.float32
    kind = "bool" if x.dtype == bool else "int32" if x.dtype.kind == "i" else "float64"
    numbers = x.reshape(-1).astype("int32") if kind == "bool" else x.reshape(-1)
    return {"shape": list(x.shape), "dtype": kind, "data": [v.item() for v in numbers]}


def plain(value):
    return json.loads(json.dumps(value))


def case(name, layer, x, training=False, mask=None, steps=1, positive=()):
    """`steps` > 1 repeats the call in training, with the non-trainable variables it left."""
    kwargs = {"training": training}
    if mask is not None:
        kwargs["mask"] = jnp.asarray(mask)
    if not layer._call_has_training_arg:
        kwargs.pop("training")
    layer(jnp.asarray(x), **kwargs)
    for v in layer.weights:
        values = random.normal(size=v.shape) * 0.5
        if "variance" in v.name or v.name in positive:
            values = np.abs(values) + 0.5
        v.assign(values)
    trainable = [v.value for v in layer.trainable_variables]
    fixed = [v.value for v in layer.non_trainable_variables]
    is_integer = np.asarray(x).dtype.kind == "i"

    def loss(trainable, x, weighting):
        output, left = layer.stateless_call(trainable, fixed, x, **kwargs)
        return jnp.sum(output * weighting), (output, left)

    output, left = layer.stateless_call(trainable, fixed, jnp.asarray(x), **kwargs)
    integral = np.asarray(output).dtype.kind != "f"
    record = {
        "id": name,
        "layer": plain(keras.layers.serialize(layer)),
        "training": training,
        "input": tensor(x),
        "variables": [{"name": v.name, **tensor(v)} for v in layer.weights],
        "output": tensor(output),
    }
    if mask is not None:
        record["mask"] = tensor(mask)
    if not integral:
        weighting = random.normal(size=output.shape)
        grad = jax.grad(loss, argnums=(0,) if is_integer else (0, 1), has_aux=True)
        gradients, _ = grad(trainable, jnp.asarray(x), jnp.asarray(weighting))
        record["weighting"] = tensor(weighting)
        record["gradients"] = [tensor(g) for g in gradients[0]]
        if not is_integer:
            record["inputGradient"] = tensor(gradients[1])
    if steps > 1:
        record["steps"] = []
        for _ in range(steps):
            x = random.normal(size=np.shape(x)) * 2 + 1
            output, fixed = layer.stateless_call(trainable, fixed, jnp.asarray(x), **kwargs)
            record["steps"].append(
                {"input": tensor(x), "output": tensor(output), "left": [tensor(v) for v in fixed]}
            )
    return record


def write(family, cases):
    content = {
        "format": "descent-layers-1",
        "generator": f"generate.py, Keras {keras.__version__}, jax {jax.__version__}, numpy {np.__version__}",
        "dtype": "float64",
    }
    lines = ",\n".join(json.dumps(c) for c in cases)
    text = json.dumps(content)[:-1] + ', "cases": [\n' + lines + "\n]}\n"
    (here / f"{family}.json").write_text(text)
    print(family, len(cases), len(text))


def normal(*shape):
    return random.normal(size=shape)


wide = np.array([[-7.5, -3.1, -2.2, -1.3, -0.9, -0.55, -0.45, -0.2], [0.2, 0.45, 0.55, 0.9, 1.3, 2.2, 3.1, 7.5]])

write("activations", [
    case(name, L.Activation(name), wide)
    for name in [
        "celu", "elu", "exponential", "gelu", "glu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish",
        "hard_tanh", "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu", "sigmoid",
        # Not sparsemax: that of Keras 3.15 does not sum to 1 (it adds up sums that were added up already).
        "silu", "soft_shrink", "softmax", "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "squareplus",
        "swish", "tanh", "tanh_shrink",
    ]
] + [
    case("ReLU", L.ReLU(), wide),
    case("ReLU maximum", L.ReLU(max_value=2), wide),
    case("ReLU slope", L.ReLU(max_value=2.5, negative_slope=0.1, threshold=0.5), wide),
    case("LeakyReLU", L.LeakyReLU(), wide),
    case("LeakyReLU slope", L.LeakyReLU(negative_slope=0.05), wide),
    case("ELU", L.ELU(alpha=0.7), wide),
    case("PReLU", L.PReLU(), normal(2, 3, 2)),
    case("PReLU shared", L.PReLU(shared_axes=[1]), normal(2, 3, 2)),
    case("Softmax axis", L.Softmax(axis=1), normal(2, 3, 2)),
])

tokens = np.array([[1, 4, 0], [2, 1, 1]], dtype="int32")
write("core", [
    case("Dense", L.Dense(3), normal(2, 4)),
    case("Dense relu", L.Dense(3, activation="tanh", use_bias=False), normal(2, 4)),
    case("Dense rank 3", L.Dense(2, activation="sigmoid", kernel_regularizer="l2",
        kernel_constraint=keras.constraints.MaxNorm(1.5, axis=[0]), bias_initializer="ones"), normal(2, 3, 4)),
    case("Dense arguments", L.Dense(2, activity_regularizer=keras.regularizers.L1L2(0.1, 0.2),
        kernel_initializer=keras.initializers.VarianceScaling(2.0, "fan_out", "uniform", seed=3),
        bias_regularizer="l1", bias_constraint="non_neg"), normal(2, 4)),
    case("Embedding", L.Embedding(5, 3), tokens),
    case("Embedding arguments", L.Embedding(5, 2, embeddings_initializer="normal", embeddings_regularizer="l2",
        mask_zero=True), tokens),
    case("Masking", L.Masking(mask_value=1.0), np.array([[[1.0, 1.0], [1.0, 2.0]], [[0.0, 3.0], [1.0, 1.0]]])),
    case("Dropout", L.Dropout(0.5, noise_shape=(None, 1), seed=4), normal(2, 3)),
    case("SpatialDropout1D", L.SpatialDropout1D(0.5), normal(2, 3, 2)),
    case("SpatialDropout2D", L.SpatialDropout2D(0.5), normal(2, 3, 2, 2)),
    case("GaussianNoise", L.GaussianNoise(0.5), normal(2, 3)),
    case("GaussianDropout", L.GaussianDropout(0.5), normal(2, 3)),
    case("AlphaDropout", L.AlphaDropout(0.5), normal(2, 3)),
    case("ActivityRegularization", L.ActivityRegularization(0.1, 0.2), normal(2, 3)),
])

write("shaping", [
    case("Flatten", L.Flatten(), normal(2, 3, 2)),
    case("Flatten rank 1", L.Flatten(), normal(2)),
    case("Flatten channels first", L.Flatten(data_format="channels_first"), normal(2, 3, 2, 2)),
    case("Reshape", L.Reshape((2, 3)), normal(2, 6)),
    case("Reshape open", L.Reshape((-1, 2)), normal(2, 3, 4)),
    case("Permute", L.Permute((3, 1, 2)), normal(2, 2, 3, 4)),
    case("RepeatVector", L.RepeatVector(3), normal(2, 2)),
    case("ZeroPadding1D", L.ZeroPadding1D(2), normal(2, 3, 2)),
    case("ZeroPadding1D two", L.ZeroPadding1D((0, 2)), normal(2, 3, 2)),
    case("ZeroPadding2D", L.ZeroPadding2D(((1, 0), (2, 1))), normal(1, 2, 3, 2)),
    case("ZeroPadding2D pair", L.ZeroPadding2D((1, 2)), normal(1, 2, 3, 2)),
    case("Cropping1D", L.Cropping1D((1, 2)), normal(2, 5, 2)),
    case("UpSampling1D", L.UpSampling1D(3), normal(2, 2, 2)),
    case("UpSampling2D", L.UpSampling2D((2, 3)), normal(1, 2, 2, 2)),
])

write("normalization", [
    case("BatchNormalization", L.BatchNormalization(), normal(4, 3)),
    case("BatchNormalization training", L.BatchNormalization(momentum=0.8), normal(4, 3), training=True, steps=4),
    case("BatchNormalization images", L.BatchNormalization(epsilon=0.01), normal(2, 2, 3, 3), training=True, steps=3),
    case("BatchNormalization axis", L.BatchNormalization(axis=1, momentum=0.5), normal(2, 3, 2), training=True, steps=3),
    case("BatchNormalization plain", L.BatchNormalization(center=False, scale=False), normal(4, 3), training=True, steps=3),
    case("BatchNormalization center", L.BatchNormalization(scale=False), normal(4, 3), training=True),
    case("BatchNormalization mask", L.BatchNormalization(momentum=0.7), normal(2, 3, 2), training=True,
        mask=np.array([[True, True, False], [True, False, False]])),
    case("LayerNormalization", L.LayerNormalization(), normal(3, 4)),
    case("LayerNormalization axes", L.LayerNormalization(axis=[1, 2], epsilon=0.1), normal(2, 3, 2)),
    case("LayerNormalization axis", L.LayerNormalization(axis=1, center=False), normal(2, 3, 2)),
    case("LayerNormalization plain", L.LayerNormalization(center=False, scale=False), normal(3, 4)),
    case("GroupNormalization", L.GroupNormalization(groups=2), normal(2, 3, 4)),
    case("GroupNormalization instance", L.GroupNormalization(groups=-1, axis=-1, epsilon=0.1), normal(2, 3, 2)),
    case("GroupNormalization axis", L.GroupNormalization(groups=2, axis=1, scale=False), normal(2, 4, 3)),
    case("GroupNormalization one", L.GroupNormalization(groups=1), normal(2, 4)),
    case("RMSNormalization", L.RMSNormalization(), normal(3, 4)),
    case("RMSNormalization axes", L.RMSNormalization(axis=[1, 2], epsilon=0.2), normal(2, 3, 2)),
    case("UnitNormalization", L.UnitNormalization(), normal(3, 4)),
    case("UnitNormalization axes", L.UnitNormalization(axis=[1, 2]), normal(2, 3, 2)),
])

write("convolution", [
    case("Conv1D", L.Conv1D(2, 3), normal(2, 5, 2)),
    case("Conv1D same", L.Conv1D(2, 4, padding="same", activation="tanh"), normal(2, 5, 2)),
    case("Conv1D strides", L.Conv1D(2, 3, strides=2, padding="same", use_bias=False), normal(2, 6, 2)),
    case("Conv1D causal", L.Conv1D(2, 3, padding="causal", dilation_rate=2), normal(2, 6, 2)),
    case("Conv1D causal strides", L.Conv1D(2, 2, padding="causal", strides=2), normal(2, 5, 2)),
    case("Conv1D dilation", L.Conv1D(1, 2, dilation_rate=3), normal(2, 6, 2)),
    case("Conv1D groups", L.Conv1D(4, 2, groups=2), normal(1, 4, 4)),
    case("Conv1D first", L.Conv1D(3, 2, data_format="channels_first"), normal(2, 2, 4)),
    case("Conv2D", L.Conv2D(2, 2), normal(1, 3, 4, 2)),
    case("Conv2D same", L.Conv2D(2, (3, 2), strides=(2, 1), padding="same", activation="sigmoid"), normal(1, 4, 3, 2)),
    case("Conv2D dilation", L.Conv2D(1, 2, dilation_rate=(1, 2), padding="same"), normal(1, 3, 4, 1)),
    case("Conv2D groups", L.Conv2D(4, (2, 1), groups=2), normal(1, 3, 2, 4)),
    case("Conv2D first", L.Conv2D(2, 2, data_format="channels_first"), normal(1, 3, 3, 3)),
    case("Conv1DTranspose", L.Conv1DTranspose(2, 3), normal(2, 3, 2)),
    case("Conv1DTranspose strides", L.Conv1DTranspose(2, 3, strides=2, activation="tanh"), normal(2, 3, 2)),
    case("Conv1DTranspose apart", L.Conv1DTranspose(2, 2, strides=3), normal(2, 3, 2)),
    case("Conv1DTranspose same", L.Conv1DTranspose(2, 3, strides=2, padding="same"), normal(2, 3, 2)),
    case("Conv1DTranspose same even", L.Conv1DTranspose(1, 4, strides=2, padding="same"), normal(1, 3, 2)),
    case("Conv1DTranspose same apart", L.Conv1DTranspose(1, 2, strides=3, padding="same"), normal(1, 3, 2)),
    case("Conv1DTranspose same 5", L.Conv1DTranspose(1, 5, strides=3, padding="same"), normal(1, 3, 1)),
    case("Conv1DTranspose dilation", L.Conv1DTranspose(1, 2, dilation_rate=2), normal(1, 4, 2)),
    case("Conv1DTranspose more", L.Conv1DTranspose(1, 3, strides=2, output_padding=1), normal(1, 3, 1)),
    case("Conv1DTranspose same more", L.Conv1DTranspose(1, 3, strides=2, padding="same", output_padding=1), normal(1, 3, 1)),
    case("Conv1DTranspose same none more", L.Conv1DTranspose(1, 4, strides=3, padding="same", output_padding=0), normal(1, 3, 1)),
    case("Conv2DTranspose", L.Conv2DTranspose(2, (2, 3), strides=(2, 1)), normal(1, 2, 3, 1)),
    case("Conv2DTranspose same", L.Conv2DTranspose(2, 3, strides=2, padding="same", use_bias=False), normal(1, 2, 3, 2)),
    case("Conv2DTranspose first", L.Conv2DTranspose(3, 2, strides=2, data_format="channels_first"), normal(1, 2, 2, 2)),
])

pools = []
for name, pool in [("Max", (L.MaxPooling1D, L.MaxPooling2D)), ("Average", (L.AveragePooling1D, L.AveragePooling2D))]:
    pools += [
        case(f"{name}Pooling1D", pool[0](2), normal(2, 5, 2)),
        case(f"{name}Pooling1D same", pool[0](3, strides=2, padding="same"), normal(2, 6, 2)),
        case(f"{name}Pooling1D strides", pool[0](3, strides=1), normal(2, 5, 2)),
        case(f"{name}Pooling1D first", pool[0](2, data_format="channels_first"), normal(2, 2, 4)),
        case(f"{name}Pooling2D", pool[1](2), normal(1, 4, 5, 2)),
        case(f"{name}Pooling2D same", pool[1]((2, 3), strides=(1, 2), padding="same"), normal(1, 3, 5, 2)),
    ]
for layer in [L.GlobalMaxPooling1D, L.GlobalAveragePooling1D]:
    pools += [case(layer.__name__, layer(), normal(2, 3, 2)),
              case(layer.__name__ + " kept", layer(keepdims=True, data_format="channels_first"), normal(2, 3, 2))]
pools.append(case("GlobalAveragePooling1D mask", L.GlobalAveragePooling1D(), normal(2, 3, 2),
    mask=np.array([[True, True, False], [True, False, False]])))
for layer in [L.GlobalMaxPooling2D, L.GlobalAveragePooling2D]:
    pools += [case(layer.__name__, layer(), normal(2, 3, 2, 2)),
              case(layer.__name__ + " kept", layer(keepdims=True), normal(2, 3, 2, 2))]
write("pooling", pools)

some = np.array([[True, True, False, False], [True, True, True, True]])
holes = np.array([[False, True, False, True], [False, False, True, False]])
recurrent = []
for layer in [L.SimpleRNN, L.LSTM, L.GRU]:
    n = layer.__name__
    recurrent += [
        case(n, layer(3), normal(2, 4, 2)),
        case(f"{n} sequences", layer(2, return_sequences=True), normal(2, 3, 2)),
        case(f"{n} backwards", layer(2, return_sequences=True, go_backwards=True), normal(2, 3, 2)),
        case(f"{n} backwards last", layer(2, go_backwards=True), normal(1, 3, 2)),
        case(f"{n} no bias", layer(2, use_bias=False, activation="relu"), normal(2, 3, 2)),
        case(f"{n} mask", layer(2), normal(2, 4, 2), mask=some),
        case(f"{n} mask holes", layer(2, return_sequences=True), normal(2, 4, 2), mask=holes),
        case(f"{n} mask backwards", layer(2, return_sequences=True, go_backwards=True), normal(2, 4, 2), mask=some),
        case(f"{n} one step", layer(2), normal(2, 1, 2)),
        case(f"{n} dropouts unused", layer(2, dropout=0.3, recurrent_dropout=0.2), normal(2, 3, 2)),
    ]
recurrent += [
    case("LSTM recurrent activation", L.LSTM(2, recurrent_activation="hard_sigmoid"), normal(2, 3, 2)),
    case("GRU before", L.GRU(2, reset_after=False), normal(2, 3, 2)),
    case("GRU before no bias", L.GRU(2, reset_after=False, use_bias=False), normal(2, 3, 2)),
    case("GRU before sequences", L.GRU(2, reset_after=False, return_sequences=True,
        recurrent_activation="hard_sigmoid"), normal(2, 3, 2), mask=holes[:, :3]),
    case("Bidirectional", L.Bidirectional(L.LSTM(2)), normal(2, 3, 2)),
    case("Bidirectional sequences", L.Bidirectional(L.GRU(2, return_sequences=True)), normal(2, 3, 2)),
    case("Bidirectional sum", L.Bidirectional(L.SimpleRNN(2, return_sequences=True), merge_mode="sum"), normal(2, 3, 2)),
    case("Bidirectional ave", L.Bidirectional(L.SimpleRNN(2), merge_mode="ave"), normal(2, 3, 2)),
    case("Bidirectional mul", L.Bidirectional(L.SimpleRNN(2), merge_mode="mul"), normal(2, 3, 2)),
    case("Bidirectional mask", L.Bidirectional(L.LSTM(2, return_sequences=True)), normal(2, 4, 2), mask=some),
    case("Bidirectional two", L.Bidirectional(L.LSTM(2), backward_layer=L.LSTM(3, go_backwards=True)), normal(2, 3, 2)),
    case("TimeDistributed", L.TimeDistributed(L.Dense(2, activation="tanh")), normal(2, 3, 2)),
]
write("recurrent", recurrent)

write("preprocessing", [
    case("Normalization given", L.Normalization(mean=[1.0, 2.0], variance=[3.0, 0.25]), normal(3, 2)),
    case("Normalization one", L.Normalization(axis=None, mean=1.0, variance=3.0), normal(3, 2)),
    case("Normalization invert", L.Normalization(mean=[1.0, 2.0], variance=[3.0, 0.25], invert=True), normal(3, 2)),
    case("Normalization zero", L.Normalization(mean=[1.0, 2.0], variance=[0.0, 0.25]), normal(3, 2)),
    case("Rescaling", L.Rescaling(2.0, offset=-1.0), normal(2, 3)),
    case("Rescaling list", L.Rescaling([2.0, 3.0], offset=[-1.0, 1.0]), normal(2, 2)),
    case("Discretization", L.Discretization([-0.5, 0.0, 1.0]), np.array([[-1.0, -0.5, 0.0, 0.5], [1.0, 1.5, -0.7, 9.0]])),
    case("Discretization one hot", L.Discretization([0.0, 1.0], output_mode="one_hot"), np.array([[-1.0], [0.5], [1.0]])),
    case("CategoryEncoding", L.CategoryEncoding(5), tokens),
    case("CategoryEncoding count", L.CategoryEncoding(5, output_mode="count"), tokens),
    case("CategoryEncoding one hot", L.CategoryEncoding(5, output_mode="one_hot"), tokens),
])

adapted = []
for name, axis, shape in [("features", -1, (5, 3)), ("none", None, (4, 3)), ("two", (1, 2), (5, 2, 3)), ("images", -1, (2, 3, 2, 2))]:
    data = normal(*shape) * 3 + 2
    layer = L.Normalization(axis=axis)
    layer.adapt(data)
    adapted.append({"id": name, "layer": plain(keras.layers.serialize(L.Normalization(axis=axis))), "data": tensor(data),
        "mean": tensor(np.asarray(layer.adapt_mean)), "variance": tensor(np.asarray(layer.adapt_variance)),
        "output": tensor(np.asarray(layer(data)))})
write("adapt", adapted)

values = []
w = normal(4, 3)
for name, function in [
    ("L1", keras.regularizers.L1(0.3)), ("L2", keras.regularizers.L2(0.3)), ("L1L2", keras.regularizers.L1L2(0.1, 0.2)),
    ("rows", keras.regularizers.OrthogonalRegularizer(0.4, mode="rows")),
    ("columns", keras.regularizers.OrthogonalRegularizer(0.4, mode="columns"))]:
    values.append({"id": name, "regularizer": plain(keras.regularizers.serialize(function)), "input": tensor(w),
        "output": tensor(np.asarray(function(jnp.asarray(w)))), "gradient": tensor(jax.grad(function)(jnp.asarray(w)))})
for name, function in [
    ("MaxNorm", keras.constraints.MaxNorm(1.2)), ("MaxNorm axis", keras.constraints.MaxNorm(0.8, axis=1)),
    ("MaxNorm axes", keras.constraints.MaxNorm(0.8, axis=[0, 1])),
    ("NonNeg", keras.constraints.NonNeg()), ("UnitNorm", keras.constraints.UnitNorm(axis=1)),
    ("MinMaxNorm", keras.constraints.MinMaxNorm(0.9, 1.5, rate=0.6))]:
    values.append({"id": name, "constraint": plain(keras.constraints.serialize(function)), "input": tensor(w),
        "output": tensor(np.asarray(function(jnp.asarray(w))))})
write("values", values)

def model(*layers):
    m = keras.Sequential(list(layers))
    return m

models = []
for name, m, x in [
    ("dense", model(keras.Input((3,)), L.Dense(4, activation="relu"), L.Dropout(0.5), L.Dense(2)), normal(2, 3)),
    ("words", model(keras.Input((4,), dtype="int32"), L.Embedding(6, 3, mask_zero=True), L.LSTM(3, return_sequences=True),
        L.Dropout(0.1), L.GRU(2), L.Dense(1)), np.array([[1, 2, 0, 0], [3, 4, 5, 1]], dtype="int32")),
    ("masked mean", model(keras.Input((4,), dtype="int32"), L.Embedding(6, 3, mask_zero=True), L.Dense(2),
        L.GlobalAveragePooling1D()), np.array([[1, 2, 0, 0], [3, 4, 5, 1]], dtype="int32")),
    ("images", model(keras.Input((6, 6, 1)), L.Conv2D(2, 3, activation="relu"), L.MaxPooling2D(), L.Flatten(),
        L.BatchNormalization(), L.Dense(2, activation="softmax")), normal(2, 6, 6, 1)),
    ("nested", model(keras.Input((3,)), keras.Sequential([L.Dense(2), L.Dense(3)], name="inner"), L.Dense(1)), normal(2, 3)),
]:
    m(jnp.asarray(x))
    for v in m.weights:
        v.assign(np.abs(normal(*v.shape)) * 0.5 if "variance" in v.name else normal(*v.shape) * 0.5)
    models.append({"id": name, "layer": plain(keras.saving.serialize_keras_object(m)), "input": tensor(x),
        "variables": [{"name": v.path, **tensor(v)} for v in m.weights],
        "output": tensor(np.asarray(m(jnp.asarray(x), training=False)))})
write("models", models)
