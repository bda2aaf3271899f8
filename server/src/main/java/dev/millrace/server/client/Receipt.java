package dev.millrace.server.client;

/**
 * What a server took of the events it was sent. Duplicates count as accepted, as in the server's
 * own ledger.
 */
public record Receipt(long accepted, long rejected) {
    /** Of no events. */
    public static final Receipt NONE = new Receipt(0, 0);

    public Receipt {
        if (accepted < 0 || rejected < 0) {
            throw new IllegalArgumentException(accepted + " accepted, " + rejected + " rejected");
        }
    }

    static Receipt of(Reply reply) {
        return new Receipt(
                reply.body().path("accepted").asLong(0), reply.body().path("rejected").asLong(0));
    }

    /** Of these events and those. */
    public Receipt plus(Receipt other) {
        return new Receipt(accepted + other.accepted, rejected + other.rejected);
    }

    /** How many events there were. */
    public long events() {
        return accepted + rejected;
    }

    @Override
    public String toString() {
        return accepted + " accepted, " + rejected + " rejected";
    }
}
