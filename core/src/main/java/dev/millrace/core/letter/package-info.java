/**
 * Dead letters: events that could not be processed, with everything needed to fix and replay them.
 * Depends on nothing but the JDK.
 */
@NullMarked
package dev.millrace.core.letter;

import org.jspecify.annotations.NullMarked;
