package dev.millrace.server.demo;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Ranks from 0, of which rank {@code k} is drawn in proportion to {@code 1 / (k + 1)^exponent}. */
final class Zipf {
    private final double[] cumulative;

    Zipf(int ranks, double exponent) {
        if (ranks < 1) {
            throw new IllegalArgumentException("there must be a rank, not " + ranks);
        }
        cumulative = new double[ranks];
        double sum = 0;
        for (int rank = 0; rank < ranks; rank++) {
            sum += Math.pow(rank + 1, -exponent);
            cumulative[rank] = sum;
        }
        for (int rank = 0; rank < ranks; rank++) {
            cumulative[rank] /= sum;
        }
    }

    int ranks() {
        return cumulative.length;
    }

    int draw(RandomGenerator random) {
        int found = Arrays.binarySearch(cumulative, random.nextDouble());
        return Math.min(found < 0 ? -found - 1 : found + 1, cumulative.length - 1);
    }

    /** The probability of a rank. */
    double share(int rank) {
        return rank == 0 ? cumulative[0] : cumulative[rank] - cumulative[rank - 1];
    }
}
