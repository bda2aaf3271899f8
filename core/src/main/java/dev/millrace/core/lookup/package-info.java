/** What an enrich stage needs of the sources that it asks. Hosts bring them. */
@NullMarked
package dev.millrace.core.lookup;

import org.jspecify.annotations.NullMarked;
