"""The sizes of the seed model, as in benchmarks/workloads/wide-and-deep.ts."""

EMBEDDINGS = [("user", 10_000, 128), ("post", 100_000, 128), ("author", 50_000, 64), ("postType", 8, 8), ("device", 8, 8)]
CROSSES = [
    ("userPostType", "user", "postType"),
    ("authorDevice", "author", "device"),
    ("postTypeDevice", "postType", "device"),
    ("userAuthor", "user", "author"),
]
CROSS_ROWS = 100_000
NUMERICALS = 7
HIDDEN = [512, 256, 128]
