/**
 * Necks: what makes levels for heads out of a backbone's.
 *
 * <p>Start with {@link io.vertebra.heads.neck.FpnNeck}. A neck knows no head and no task; layers behind the levels that one
 * head alone wants belong to that head.
 */
package io.vertebra.heads.neck;
