package dev.millrace.testing.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;

/** The counters of a pipeline, as the API tells them. */
public record Ledger(
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
        Map<String, Long> late,
        boolean balanced) {

    @SuppressWarnings("unchecked")
    public static Ledger of(ServerApi.Answer answer) {
        return new Ledger(
                answer.number("received"),
                answer.number("accepted"),
                answer.number("rejected"),
                answer.number("exploded"),
                answer.number("duplicate"),
                answer.number("filtered"),
                answer.number("dead"),
                answer.number("discarded"),
                answer.number("completed"),
                answer.number("inFlight"),
                (Map<String, Long>) answer.member("late"),
                (boolean) answer.member("balanced"));
    }

    /** The server says that it balances, and it does. */
    public Ledger requireBalanced() {
        assertThat(balanced).as("%s", this).isTrue();
        assertThat(received).as("%s", this).isEqualTo(accepted + rejected);
        assertThat(accepted + exploded)
                .as("%s", this)
                .isEqualTo(duplicate + filtered + dead + discarded + completed + inFlight);
        return this;
    }

    /** Events that were accepted for the first time. */
    public long distinct() {
        return accepted - duplicate;
    }
}
