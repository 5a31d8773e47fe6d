/** Tests of the files around the program: launcher, container files, topics, logging. */
package dev.semblance.deploy;
