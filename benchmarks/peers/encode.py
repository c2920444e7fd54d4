"""pandas and scikit-learn on the log of benchmarks/encode.ts: the same encodings, whole columns at a time."""

from protocol import serve

BOUNDARIES = [1, 3, 6, 12, 24, 48, 96, 168]


def impressions(rows):
    import numpy as np
    import pandas as pd

    import synthetic

    def ids(name, n):
        return synthetic.ids(f"encode.{name}", 0, rows, n)

    def texts(name, categories):
        return pd.Categorical.from_codes(ids(name, len(categories)), categories)

    def amounts(name, scale):
        return np.floor(scale * synthetic.signed_numbers(f"encode.{name}", 0, rows).astype("float64") ** 4)

    clicked = synthetic.chances("encode.clicked", 0, rows, 0.1)
    return pd.DataFrame({
        "user_id": ids("user", 10_000),
        "age": 18.0 + ids("age", 60),
        "gender": texts("gender", ["female", "male", "other"]),
        "num_friends": amounts("friends", 5000),
        "post_id": ids("post", 100_000),
        "author_id": ids("author", 50_000),
        "post_type": texts("type", ["photo", "video", "text", "link"]),
        "num_likes": amounts("likes", 100_000),
        "num_comments": amounts("comments", 10_000),
        "post_age_hours": ids("hours", 16_384) / 64,
        "hour_of_day": ids("hour", 24),
        "day_of_week": ids("day", 7),
        "device_type": texts("device", ["ios", "android", "web"]),
        "clicked": clicked,
        "dwell_time_seconds": clicked * ids("dwell", 4096) / 16,
    })


def make(mode, threads, options):
    import numpy as np
    import pandas as pd
    from sklearn.preprocessing import StandardScaler

    log = impressions(options["rows"])
    numbers = ["age", "num_friends", "num_likes", "num_comments"]

    def vocabulary(name):
        counts = log[name].value_counts()
        order = sorted(zip(-counts.to_numpy(), map(str, counts.index), counts.index))
        return pd.Index([value for _, _, value in order])

    vocabularies = {name: vocabulary(name) for name in ["user_id", "post_id", "author_id"]}
    dictionaries = {name: vocabulary(name) for name in ["gender", "post_type", "device_type"]}

    def amounts():
        values = log[numbers].to_numpy(copy=True)
        values[:, 1:] = np.log1p(values[:, 1:])
        return values

    scaler = StandardScaler().fit(amounts())

    def encode():
        out = {name: (index.get_indexer(log[name]) + 1).astype("int32") for name, index in vocabularies.items()}
        for name, index in dictionaries.items():
            column = log[name].cat
            out[name] = (index.get_indexer(column.categories) + 1).astype("int32")[column.codes]
        scaled = scaler.transform(amounts()).astype("float32")
        for i, name in enumerate(numbers):
            out[name] = scaled[:, i]
        out["post_age_hours"] = np.digitize(log["post_age_hours"], BOUNDARIES).astype("int32")
        for name, period in [("hour_of_day", 24), ("day_of_week", 7)]:
            angle = 2 * np.pi * log[name].to_numpy() / period
            out[name] = np.column_stack([np.sin(angle), np.cos(angle)]).astype("float32")
        for name in ["clicked", "dwell_time_seconds"]:
            out[name] = log[name].to_numpy().astype("float32")
        return out

    class Peer:
        def check(self):
            found = {}
            for name, array in encode().items():
                values = array.reshape(-1).astype("float64")
                order = np.arange(len(values)) % 1009
                found[name] = [float(values.mean()), float((order * values).mean()), *values[:8].tolist(), *values[-8:].tolist()]
            return found

        def repeat(self):
            encode()

    return Peer()


serve(make)
