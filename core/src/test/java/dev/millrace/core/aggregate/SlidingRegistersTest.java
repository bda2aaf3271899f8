package dev.millrace.core.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayDeque;
import java.util.Random;

class SlidingRegistersTest {
    /** Values as high as these do not come out of a hash in any time. */
    @Test
    void whatLeavesLeavesNoTraceHoweverHighItWas() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            SlidingRegisters moving = new SlidingRegisters();
            ArrayDeque<int[]> window = new ArrayDeque<>();
            for (int slice = 0; slice < 200; slice++) {
                int[] coupons = coupons(random, random.nextInt(300));
                window.add(coupons);
                put(coupons, slice, moving);
                if (window.size() > 20) {
                    window.remove();
                    moving.remove(slice - 20);
                }
                SlidingRegisters anew = new SlidingRegisters();
                window.reversed().forEach(held -> put(held, 0, anew));
                assertThat(moving.estimate())
                        .as("seed %d, slice %d", seed, slice)
                        .isEqualTo(anew.estimate());
            }
        }
    }

    private static int[] coupons(Random random, int count) {
        int valueMax = random.nextBoolean() ? 63 : 5;
        return random.ints(count, 0, 1 << 26)
                .map(address -> HllCoupon.of(address, 1 + random.nextInt(valueMax)))
                .toArray();
    }

    private static void put(int[] coupons, int slice, SlidingRegisters into) {
        for (int coupon : coupons) {
            into.put(coupon, slice);
        }
    }
}
