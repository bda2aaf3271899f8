package dev.millrace.server.page;

import com.microsoft.playwright.options.ColorScheme;

import java.util.List;
import java.util.Locale;

/**
 * How a page is looked at.
 *
 * @param width of the window in CSS pixels
 */
record Look(int width, int height, ColorScheme scheme) {
    static final Look WIDE = new Look(1440, 900, ColorScheme.LIGHT);
    static final Look PHONE = new Look(390, 844, ColorScheme.LIGHT);

    /** A phone and a wide screen, each light and dark. */
    static List<Look> all() {
        return List.of(WIDE, WIDE.dark(), PHONE, PHONE.dark());
    }

    private Look dark() {
        return new Look(width, height, ColorScheme.DARK);
    }

    @Override
    public String toString() {
        return width + "-" + scheme.name().toLowerCase(Locale.ROOT);
    }
}
