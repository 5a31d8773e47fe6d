/** What several rooms' tests share. */
package dev.semblance.testing;
