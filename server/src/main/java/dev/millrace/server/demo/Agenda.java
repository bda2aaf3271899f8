package dev.millrace.server.demo;

import java.util.PriorityQueue;

/** What is to happen, by time; at one time, in the order in which it was put down. */
final class Agenda<T> {
    /**
     * One thing.
     *
     * @param atMicros since the beginning
     */
    record Entry<T>(long atMicros, long order, T what) implements Comparable<Entry<T>> {
        @Override
        public int compareTo(Entry<T> other) {
            int byTime = Long.compare(atMicros, other.atMicros);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Entry<T>> entries = new PriorityQueue<>();
    private long order;

    void add(long atMicros, T what) {
        entries.add(new Entry<>(atMicros, order++, what));
    }

    boolean hasBefore(long micros) {
        Entry<T> first = entries.peek();
        return first != null && first.atMicros < micros;
    }

    /** Takes the first. */
    Entry<T> take() {
        return entries.remove();
    }
}
