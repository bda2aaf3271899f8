package dev.millrace.core.event;

import java.time.LocalDate;

/** RFC 3339 date-times to epoch milliseconds, strictly and without allocating. */
final class Rfc3339 {
    /** Not a date-time. */
    static final long INVALID = Long.MIN_VALUE;

    private static final int SHORTEST = "2026-01-31T12:00:00Z".length();
    private static final int[] DAYS = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    private static final long DAYS_TO_YEAR_0 = LocalDate.of(0, 1, 1).toEpochDay();

    private Rfc3339() {}

    /**
     * Follows section 5.6: {@code T} and {@code Z} in either case, an offset up to 23:59, a
     * fraction of any length, cut after the millisecond. A leap second, {@code :60}, is taken as
     * the last millisecond of its minute.
     */
    static long parse(byte[] text, int start, int length) {
        if (length < SHORTEST
                || text[start + 4] != '-'
                || text[start + 7] != '-'
                || (text[start + 10] | 0x20) != 't'
                || text[start + 13] != ':'
                || text[start + 16] != ':') {
            return INVALID;
        }
        int century = two(text, start);
        int yearOfCentury = two(text, start + 2);
        int month = two(text, start + 5);
        int day = two(text, start + 8);
        int hour = two(text, start + 11);
        int minute = two(text, start + 14);
        int second = two(text, start + 17);
        if ((century | yearOfCentury | month | day | hour | minute | second) < 0) {
            return INVALID;
        }
        int year = century * 100 + yearOfCentury;
        if (month < 1 || month > 12 || day < 1 || day > daysOf(month, year)) {
            return INVALID;
        }
        if (hour > 23 || minute > 59 || second > 60) {
            return INVALID;
        }
        int at = start + 19;
        int end = start + length;
        int millis = 0;
        if (text[at] == '.') {
            int first = at + 1;
            for (at = first; at < end && isDigit(text[at]); at++) {
                if (at < first + 3) {
                    millis = millis * 10 + (text[at] - '0');
                }
            }
            if (at == first) {
                return INVALID;
            }
            for (int digits = at - first; digits < 3; digits++) {
                millis *= 10;
            }
        }
        if (second == 60) {
            second = 59;
            millis = 999;
        }
        int offset = offsetMinutes(text, at, end);
        if (offset == Integer.MIN_VALUE) {
            return INVALID;
        }
        long minutes = (epochDay(year, month, day) * 24 + hour) * 60 + minute - offset;
        return (minutes * 60 + second) * 1000 + millis;
    }

    private static int offsetMinutes(byte[] text, int at, int end) {
        if (end - at == 1 && (text[at] | 0x20) == 'z') {
            return 0;
        }
        if (end - at != 6 || text[at] != '+' && text[at] != '-' || text[at + 3] != ':') {
            return Integer.MIN_VALUE;
        }
        int hours = two(text, at + 1);
        int minutes = two(text, at + 4);
        if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
            return Integer.MIN_VALUE;
        }
        int offset = hours * 60 + minutes;
        return text[at] == '-' ? -offset : offset;
    }

    private static int two(byte[] text, int at) {
        return isDigit(text[at]) && isDigit(text[at + 1])
                ? (text[at] - '0') * 10 + text[at + 1] - '0'
                : -1;
    }

    private static boolean isDigit(byte c) {
        return c >= '0' && c <= '9';
    }

    private static int daysOf(int month, int year) {
        return month == 2 && isLeap(year) ? 29 : DAYS[month - 1];
    }

    private static boolean isLeap(int year) {
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    }

    private static long epochDay(int year, int month, int day) {
        long days = DAYS_TO_YEAR_0 + 365L * year;
        if (year > 0) {
            int before = year - 1;
            days += before / 4 - before / 100 + before / 400 + 1;
        }
        for (int m = 1; m < month; m++) {
            days += daysOf(m, year);
        }
        return days + day - 1;
    }
}
