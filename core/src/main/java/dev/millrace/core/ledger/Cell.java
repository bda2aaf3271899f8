package dev.millrace.core.ledger;

/**
 * The counts of one cell of the ledger, or what is to be added to them. Immutable.
 *
 * <p>Two sides that are counted apart: admission counts {@code received}, {@code accepted} and
 * {@code rejected} from what it appends; the partitions count {@code taken} as an event comes to
 * them and the outcomes as it leaves a stage.
 *
 * @param received events in bodies that were taken
 * @param accepted those of them that went on to a partition
 * @param rejected those that became letters at admission
 * @param taken those that a partition has taken up
 * @param outcomes what became of those
 */
public record Cell(long received, long accepted, long rejected, long taken, LedgerCounts outcomes) {
    public static final Cell ZERO = new Cell(0, 0, 0, 0, LedgerCounts.ZERO);

    /**
     * Admission's side of a batch.
     *
     * @param rejected negative for events that count as received elsewhere from now on
     */
    public static Cell admitted(long accepted, long rejected) {
        return new Cell(accepted + rejected, accepted, rejected, 0, LedgerCounts.ZERO);
    }

    public Cell plus(Cell other) {
        return new Cell(
                received + other.received,
                accepted + other.accepted,
                rejected + other.rejected,
                taken + other.taken,
                outcomes.plus(other.outcomes));
    }

    /** Accepted events that no partition has taken up. */
    public long inFlight() {
        return accepted - taken;
    }

    /**
     * Nothing entered without a counted way out: {@code received = accepted + rejected}, and {@code
     * accepted + exploded = duplicate + filtered + dead + discarded + completed + inFlight}.
     */
    public boolean isBalanced() {
        return received == accepted + rejected && inFlight() >= 0 && taken == outcomes.settled();
    }

    /** What is to hold of its numbers, for people. */
    public String sentence() {
        return ("received %d is to be accepted %d + rejected %d, and accepted + exploded %d is to be"
                        + " duplicate %d + filtered %d + dead %d + discarded %d + completed %d +"
                        + " in flight %d")
                .formatted(
                        received,
                        accepted,
                        rejected,
                        outcomes.exploded(),
                        outcomes.duplicate(),
                        outcomes.filtered(),
                        outcomes.dead(),
                        outcomes.discarded(),
                        outcomes.completed(),
                        inFlight());
    }
}
