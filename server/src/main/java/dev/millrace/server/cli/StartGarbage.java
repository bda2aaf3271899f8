package dev.millrace.server.cli;

/** What a start has left behind in the heap, of which a server at rest has no use. */
final class StartGarbage {
    /** In a heap with no more than this in it, a collection takes some hundredths of a second. */
    private static final long USED_BYTES_MAX = 64L << 20;

    private StartGarbage() {}

    /**
     * Collects it, so that its memory goes back to the system. Where there is more in the heap, the
     * server has taken up pipelines with much state: it would stand still for longer, and will need
     * the heap.
     */
    static void giveBack() {
        Runtime heap = Runtime.getRuntime();
        if (heap.totalMemory() - heap.freeMemory() <= USED_BYTES_MAX) {
            System.gc();
        }
    }
}
