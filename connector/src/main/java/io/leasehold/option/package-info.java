/** The options of a leased source as texts: their names, units, defaults, meanings and secrets. */
package io.leasehold.option;
