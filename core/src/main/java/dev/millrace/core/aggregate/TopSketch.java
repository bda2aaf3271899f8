package dev.millrace.core.aggregate;

import dev.millrace.core.MillraceException;

import org.apache.datasketches.frequencies.ErrorType;
import org.apache.datasketches.frequencies.FrequentItemsSketch;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Values with their counts, the rarest of which are let go when there are too many (Anderson et
 * al., A High-Performance Algorithm for Identifying Frequent Items in Data Streams, IMC 2017).
 * Exact as long as there are no more than {@value #EXACT_MAX} different values, however they were
 * put together; beyond, a count is wrong by at most 3.5 / 2048 = 0.18 % of all that was counted,
 * and a value that makes up more than that is not missed.
 *
 * <p>One value costs about 300 bytes of heap, a thousand of 20 bytes about 130 KB; at most 1,536
 * are held, of at most {@value TopItem#TEXT_BYTES_MAX} bytes each, less than 700 KB.
 *
 * <p>Stored as 1, then the library's sketch as {@link SealedBytes}, its items as {@link
 * TopItemSerDe} writes them. Later forms take other numbers.
 */
final class TopSketch implements Sketch {
    /** So many different values are counted exactly. */
    static final int EXACT_MAX = 1_000;

    /** Places of the library's table, which holds three quarters as many values. */
    private static final int PLACES = 2_048;

    private static final int ITEMS_MAX = PLACES / 4 * 3;

    private static final byte FORM = 1;

    private static final Comparator<FrequentItemsSketch.Row<TopItem>> MOST_FREQUENT_FIRST =
            Comparator.comparingLong((FrequentItemsSketch.Row<TopItem> row) -> -row.getEstimate())
                    .thenComparing(FrequentItemsSketch.Row::getItem);

    private final FrequentItemsSketch<TopItem> counts;

    TopSketch() {
        this(new FrequentItemsSketch<>(PLACES));
    }

    private TopSketch(FrequentItemsSketch<TopItem> counts) {
        this.counts = counts;
    }

    void add(TopItem item) {
        counts.update(item);
    }

    void merge(TopSketch from) {
        FrequentItemsSketch<TopItem> _ = counts.merge(from.counts);
    }

    /**
     * The first {@code k} of {@code [value, count]}; of equal counts the lesser key comes first.
     */
    List<List<Object>> top(int k) {
        return Stream.of(counts.getFrequentItems(ErrorType.NO_FALSE_NEGATIVES))
                .sorted(MOST_FREQUENT_FIRST)
                .limit(k)
                .map(row -> List.of(row.getItem().value(), row.getEstimate()))
                .toList();
    }

    byte[] encode() {
        return SealedBytes.seal(FORM, counts.toByteArray(TopItemSerDe.INSTANCE));
    }

    /**
     * @throws MillraceException if the bytes are none of the forms
     */
    static TopSketch decode(ByteBuffer in) {
        if (!in.hasRemaining()) {
            throw SealedBytes.damaged("it is empty");
        }
        byte form = in.get();
        if (form != FORM) {
            throw SealedBytes.damaged("a top of form " + form);
        }
        return SealedBytes.open(in, TopSketch::sketch);
    }

    private static TopSketch sketch(MemorySegment bytes) {
        FrequentItemsSketch<TopItem> counts =
                FrequentItemsSketch.getInstance(bytes, TopItemSerDe.INSTANCE);
        if (counts.getMaximumMapCapacity() != ITEMS_MAX) {
            throw SealedBytes.damaged("a frequent items sketch of another size");
        }
        return new TopSketch(counts);
    }
}
