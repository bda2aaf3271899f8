/** What reads the input for contestants that bring no parser of their own. */
@NullMarked
package dev.millrace.bench.parse;

import org.jspecify.annotations.NullMarked;
