namespace Adjoint

open Adjoint.Front

/// Searches in sorted tensors, counts and histograms. Indices and counts have no derivative; weights have.
[<AutoOpen>]
module TensorSearching =

    [<RequireQualifiedAccess>]
    module Tensor =

        /// Where values would have to be put in to keep a sorted vector (or [.., n] with the values' leading axes) in order, before equal ones.
        let searchSorted (sorted: Tensor<'T>) (values: Tensor<'T>) : Tensor<int64> =
            Tensor<int64>(Tensors.SearchSorted(sorted.Expr, values.Expr))

        /// As `searchSorted`, behind equal ones.
        let searchSortedRight (sorted: Tensor<'T>) (values: Tensor<'T>) : Tensor<int64> =
            Tensor<int64>(Tensors.SearchSorted(sorted.Expr, values.Expr, true))

        /// The number of the bin of each number between edges [n], ascending or descending: 0 before the first, n behind the last.
        /// A number equal to an edge belongs to the bin behind it.
        let digitize (edges: Tensor<'T>) (x: Tensor<'T>) : Tensor<int64> =
            Tensor<int64>(Tensors.Digitize(x.Expr, edges.Expr))

        /// How often each whole number below a length stands among integers; others don't count.
        let binCount (length: int) (x: Tensor<'I>) : Tensor<int64> =
            Tensor<int64>(Tensors.BinCount(x.Expr, length))

        /// The sum of the weights of each whole number below a length among integers.
        let binCountWeighted (length: int) (weights: Tensor<'T>) (x: Tensor<'I>) : Tensor<'T> =
            Tensor<'T>(Tensors.BinCount(x.Expr, length, weights.Expr))

        /// How many numbers lie in each of so many bins from the least to the largest, and the edges of the bins: [n], [n + 1].
        let histogram (bins: int) (x: Tensor<'T>) : Tensor<int64> * Tensor<'T> =
            let struct (counts, edges) = Tensors.Histogram(x.Expr, bins)
            Tensor<int64> counts, Tensor<'T> edges

        /// How many numbers lie in each of so many bins of one width from low to high, and the edges; what lies outside doesn't count.
        let histogramRange (bins: int) (low: float) (high: float) (x: Tensor<'T>) : Tensor<int64> * Tensor<'T> =
            let struct (counts, edges) = Tensors.Histogram(x.Expr, bins, struct (low, high))
            Tensor<int64> counts, Tensor<'T> edges

        /// How many numbers lie between each two neighbours of ascending edges [n + 1]: [n]. The last bin has both its edges.
        let histogramOf (edges: Tensor<'T>) (x: Tensor<'T>) : Tensor<int64> =
            Tensor<int64>(Tensors.Histogram(x.Expr, edges.Expr))

        /// The sum of the weights of the numbers between each two neighbours of ascending edges.
        let histogramWeighted (edges: Tensor<'T>) (weights: Tensor<'W>) (x: Tensor<'T>) : Tensor<'W> =
            Tensor<'W>(Tensors.Histogram(x.Expr, edges.Expr, weights.Expr))

        /// As `histogramOf`, divided by the number of numbers and the width, so that the integral is 1.
        let histogramDensity (edges: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Histogram(x.Expr, edges.Expr, null, true))

        /// How many points (x, y) lie in each field of a grid with these ascending edges: [n, m].
        let histogram2dOf (edgesX: Tensor<'T>) (edgesY: Tensor<'T>) (x: Tensor<'T>) (y: Tensor<'T>) : Tensor<int64> =
            Tensor<int64>(Tensors.HistogramOf([| x.Expr; y.Expr |], [| edgesX.Expr; edgesY.Expr |]))

        /// Different elements in ascending order, so many: larger ones are left out, and the smallest stands where there are fewer.
        let unique (size: int) (x: Tensor<'T>) : Tensor<'T> =
            let struct (values, _, _, _) = Tensors.Unique(x.Expr, size)
            Tensor<'T> values

        /// As `unique`: values, the index of the first of each, for each element of x the number of its value, how often each stands.
        let uniqueAll (size: int) (x: Tensor<'T>) : Tensor<'T> * Tensor<int64> * Tensor<int64> * Tensor<int64> =
            let struct (values, indices, inverse, counts) = Tensors.Unique(x.Expr, size)
            Tensor<'T> values, Tensor<int64> indices, Tensor<int64> inverse, Tensor<int64> counts

        /// How many different elements there are: rank 0.
        let uniqueCount (x: Tensor<'T>) : Tensor<int64> =
            Tensor<int64>(Tensors.UniqueCount x.Expr)

        /// Which elements stand in another tensor; NaN is in none.
        let isIn (among: Tensor<'T>) (x: Tensor<'T>) : Tensor<bool> =
            Tensor<bool>(Tensors.IsIn(x.Expr, among.Expr))

        /// The indices along each axis of the first elements that are not 0 (false), so many; fill where there are fewer.
        let nonzero (size: int) (fill: int64) (x: Tensor<'T>) : Tensor<int64> list =
            [ for index in Tensors.Nonzero(x.Expr, size, fill) -> Tensor<int64> index ]

        /// The index vectors of the first elements that are not 0 (false), so many: [size, rank]; fill where there are fewer.
        let argWhere (size: int) (fill: int64) (x: Tensor<'T>) : Tensor<int64> =
            Tensor<int64>(Tensors.ArgWhere(x.Expr, size, fill))

        /// The first slices along axis 0 for which a mask holds, so many, in order; zeros where there are fewer. A bounded `x[mask]`.
        let compress (size: int) (mask: Tensor<bool>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Compress(x.Expr, mask.Expr, size))

        /// The tensor with numbers put at indices along an axis, one for each place of the other axes: the counterpart of `takeAlong`.
        let putAlong (axis: int) (indices: Tensor<'I>) (values: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.PutAlongAxis(x.Expr, indices.Expr, values.Expr, axis))

        /// The indices that put vectors in order by several keys along the last axis: the last key counts most.
        let lexSort (keys: Tensor<'T> list) : Tensor<int64> =
            Tensor<int64>(Tensors.LexSort [| for key in keys -> key.Expr |])

        /// Elements along an axis so that the k-th is where sorting puts it, smaller ones before it.
        let partition (axis: int) (k: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Partition(x.Expr, k, axis))

        /// The k largest elements along an axis in descending order, and their indices.
        let topKAlong (axis: int) (k: int) (x: Tensor<'T>) : Tensor<'T> * Tensor<int64> =
            let struct (values, indices) = Tensors.TopK(x.Expr, k, axis, true)
            Tensor<'T> values, Tensor<int64> indices

        /// The k smallest elements along an axis in ascending order, and their indices.
        let bottomKAlong (axis: int) (k: int) (x: Tensor<'T>) : Tensor<'T> * Tensor<int64> =
            let struct (values, indices) = Tensors.TopK(x.Expr, k, axis, false)
            Tensor<'T> values, Tensor<int64> indices

        /// The tensor with rows multiplied by updates at indices of axis 0; those out of range are left out.
        let scatterMul (indices: Tensor<'I>) (updates: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.ScatterMul(x.Expr, indices.Expr, updates.Expr))

        /// The largest row of each of so many segments; -infinity, or the least integer, of none. Ties share the gradient evenly.
        let segmentMax (count: int) (segments: Tensor<'I>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.SegmentMax(x.Expr, segments.Expr, count))

        /// The smallest row of each of so many segments; infinity, or the largest integer, of none. Ties share the gradient evenly.
        let segmentMin (count: int) (segments: Tensor<'I>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.SegmentMin(x.Expr, segments.Expr, count))

        /// Products of the rows of each of so many segments; 1 of none.
        let segmentProd (count: int) (segments: Tensor<'I>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.SegmentProd(x.Expr, segments.Expr, count))

        /// Means of the rows of each of so many segments; NaN of none.
        let segmentMean (count: int) (segments: Tensor<'I>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.SegmentMean(x.Expr, segments.Expr, count))

        /// Exponentials that sum to 1 over the rows of each of so many segments.
        let segmentSoftmax (count: int) (segments: Tensor<'I>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.SegmentSoftmax(x.Expr, segments.Expr, count))
