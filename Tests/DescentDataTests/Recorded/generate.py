"""Writes keras.json beside this script: what functions of Keras answer."""

import json
import os
import pathlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy
import tensorflow

from keras.src.trainers.data_adapters.array_slicing import train_validation_split
from keras.src.trainers.data_adapters.data_adapter_utils import class_weight_to_sample_weights

random = numpy.random.default_rng(7)


def described(array):
    array = numpy.asarray(array)
    return {"shape": list(array.shape), "data": array.flatten().tolist()}


def windows():
    cases = []
    for count, features, length, stride, sampling, batch, start, end, targets in [
        (20, 0, 5, 1, 1, 4, None, None, 20), (20, 2, 5, 1, 1, 7, None, None, None), (99, 0, 10, 3, 2, 128, None, None, None),
        (30, 3, 4, 2, 3, 5, None, None, 30), (25, 0, 6, 1, 1, 8, None, None, 19), (25, 1, 6, 4, 2, 3, None, None, 10),
        (40, 2, 5, 2, 2, 6, 7, None, 40), (40, 0, 5, 1, 1, 16, None, 30, 40), (40, 2, 3, 3, 4, 2, 4, 33, 40),
        (12, 0, 1, 1, 1, 5, None, None, 12), (12, 0, 12, 1, 1, 5, None, None, 12), (12, 0, 1, 5, 1, 2, 3, 11, 12),
    ]:
        series = numpy.arange(count * max(features, 1), dtype="float32")
        series = series.reshape(count, features) if features else series
        labels = None if targets is None else 1000 + numpy.arange(targets, dtype="float32")
        data = keras.utils.timeseries_dataset_from_array(
            series, labels, sequence_length=length, sequence_stride=stride, sampling_rate=sampling, batch_size=batch,
            start_index=start, end_index=end)
        batches = []
        for item in data:
            x, y = (item, None) if labels is None else item
            batches.append({"x": described(x), "y": None if y is None else described(y)})
        cases.append({
            "count": count, "features": features, "length": length, "stride": stride, "sampling": sampling,
            "batchSize": batch, "start": start, "end": end, "targets": targets, "batches": batches})
    return cases


def padding():
    cases = []
    sequences = [[int(v) for v in random.integers(1, 99, size=n)] for n in (3, 0, 6, 1)]
    pairs = [[[int(v), int(v) + 1] for v in random.integers(1, 99, size=n)] for n in (2, 4, 0)]
    for rows in (sequences, pairs):
        for maxlen in (None, 2, 4, 9):
            for padding in ("pre", "post"):
                for truncating in ("pre", "post"):
                    for dtype, value in (("int32", 0), ("float32", -0.5)):
                        result = keras.utils.pad_sequences(
                            rows, maxlen=maxlen, padding=padding, truncating=truncating, value=value, dtype=dtype)
                        cases.append({
                            "sequences": rows, "maxLength": maxlen, "padding": padding, "truncating": truncating,
                            "dtype": dtype, "value": value, "result": described(result)})
    return cases


def categories():
    cases = []
    for shape, classes in (((5,), None), ((5,), 7), ((4, 1), None), ((2, 3), 5), ((1,), 3), ((2, 2, 1), None)):
        labels = random.integers(0, 5 if classes is None else min(classes, 5), size=shape)
        cases.append({
            "labels": described(labels), "classes": classes,
            "result": described(keras.utils.to_categorical(labels, classes))})
    return cases


def splits():
    cases = []
    for count in (2, 3, 5, 7, 10, 50, 99, 100, 398, 1000):
        for share in (0.07, 0.1, 0.2, 0.25, 0.3, 1 / 3, 0.5, 0.9, 0.93):
            try:
                training, _ = train_validation_split(numpy.arange(count), share)
                cases.append([count, share, len(training)])
            except ValueError:
                cases.append([count, share, None])
    return cases


def weights():
    cases = []
    for labels in (numpy.array([0, 2, 1, 1, 5]), numpy.array([[0.0], [2.0], [1.0]]), numpy.eye(3)[[2, 0, 1, 1]],
                   numpy.array([[0.2, 0.7, 0.7], [0.1, 0.0, 0.3]]), numpy.array([0.4, 1.5, 2.5, 0.6])):
        table = {0: 0.5, 1: 2.0, 2: 3.25}
        cases.append({
            "labels": described(labels), "weights": {str(k): v for k, v in table.items()},
            "result": described(class_weight_to_sample_weights(labels, table))})
    return cases


json.dump(
    {"generator": f"keras {keras.__version__}, tensorflow {tensorflow.__version__}, numpy {numpy.__version__}",
     "windows": windows(), "padding": padding(), "categories": categories(), "splits": splits(), "weights": weights()},
    open(pathlib.Path(__file__).parent / "keras.json", "w"), separators=(",", ":"))
