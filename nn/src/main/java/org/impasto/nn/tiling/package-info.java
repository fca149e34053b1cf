/**
 * Pictures of any size: networks and statistics computed tile by tile, equal to the whole within rounding. A network says
 * how far its layers reach ({@link org.impasto.nn.tiling.ReceptiveField}); a grid
 * ({@link org.impasto.nn.tiling.TileGrid}) cuts the picture so that each tile has the surroundings it needs; what leaves
 * is a result assembled from tiles ({@link org.impasto.nn.tiling.WholeMap}), or statistics of the whole merged from those
 * of the tiles in float64. What a later pass needs of an earlier one lies in a
 * {@link org.impasto.nn.tiling.StoredMap}.
 */
@NullMarked
package org.impasto.nn.tiling;

import org.jspecify.annotations.NullMarked;
