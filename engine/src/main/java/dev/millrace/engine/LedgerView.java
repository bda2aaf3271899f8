package dev.millrace.engine;

import java.util.Map;

/**
 * The counters that must balance. What arrived is counted at admission, what became of it by the
 * partitions, and what is in flight from offsets, so that the balance is a check and not a
 * definition.
 *
 * @param late letters and corrections per aggregate; they stand outside the balance
 */
public record LedgerView(
        long received,
        long accepted,
        long rejected,
        long exploded,
        long duplicate,
        long filtered,
        long dead,
        long discarded,
        long completed,
        long inFlight,
        Map<String, Long> late) {
    /** Nothing entered without a counted way out. */
    public boolean balanced() {
        return received == accepted + rejected
                && accepted + exploded
                        == duplicate + filtered + dead + discarded + completed + inFlight;
    }
}
