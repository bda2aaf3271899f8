package dev.millrace.core.aggregate;

/** A set of one hash. */
record DistinctOne(long hash) implements DistinctSketch {
    @Override
    public DistinctSketch add(long added) {
        return added == hash ? this : new DistinctFew(hash, added);
    }

    @Override
    public DistinctSketch copy() {
        return this;
    }

    @Override
    public int size() {
        return 1;
    }

    @Override
    public long count() {
        return 1;
    }

    @Override
    public byte[] encode() {
        return DistinctCodec.encode(hash);
    }
}
