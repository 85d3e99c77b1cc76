using System.Collections.Immutable;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Compile.Methods;

/// <summary>Products of small matrices: a block of rows at once, lanes along the result's last axis.</summary>
/// <remarks>
/// Each element is summed from the first term to the last by one fma a term, as by the rule for an element. A row of the right factor is
/// read once for all rows of a block, whose sums stand in registers.
/// </remarks>
internal sealed partial class RegionLowering
{
    /// <summary>Terms of a sum that are written out in one step of its loop.</summary>
    private const int TermsInStep = 4;

    /// <summary>The product in memory; null where it is better taken element by element.</summary>
    private TensorLocal? Product(Frame frame, Node node)
    {
        if (builder.IsInLanes || Sizes.InRegisters(node.Result.Tensor) || SmallProduct.Of(node) is not { } product)
        {
            return null;
        }

        ImmutableArray<TensorLocal> factors = Readable([.. node.Operands.Select(frame.Tensor)], anywhere: true);
        Stored result = Fresh(frame, node.Result);
        Copying.InTurn(builder, product.Outer, outer => EachBlock(product, (first, rows) =>
            builder.Lanes(builder.Index(product.Lanes), lane => Block(product, factors, result, outer, first, rows, lane))));
        return result;
    }

    /// <summary>Blocks of rows: as many whole ones as there are, and what is left.</summary>
    private void EachBlock(SmallProduct product, Action<LoopValue, int> body)
    {
        int whole = product.Rows / product.RowsInBlock;
        int left = product.Rows % product.RowsInBlock;
        if (whole == 1)
        {
            body(builder.Index(0), product.RowsInBlock);
        }
        else if (whole > 1)
        {
            builder.Serial(builder.Index(whole), [], (i, _) =>
            {
                body(builder.Multiply(i, builder.Index(product.RowsInBlock)), product.RowsInBlock);
                return [];
            });
        }

        if (left > 0)
        {
            body(builder.Index(whole * product.RowsInBlock), left);
        }
    }

    /// <summary>A lane of some rows: their sums, and where they are put.</summary>
    private void Block(
        SmallProduct product,
        ImmutableArray<TensorLocal> factors,
        Stored result,
        ImmutableArray<LoopValue> outer,
        LoopValue first,
        int rows,
        LoopValue lane)
    {
        ImmutableArray<LoopValue>[] places =
            [.. Enumerable.Range(0, rows).Select(row => product.Place(outer, builder.Add(first, builder.Index(row)), lane))];
        ImmutableArray<LoopValue> sums = [.. Enumerable.Repeat(LoopNumbers.Zero(builder, result.Type.DType), rows)];
        ImmutableArray<LoopValue> WithTerm(LoopValue k, ImmutableArray<LoopValue> before)
        {
            var read = new Dictionary<(int Side, LoopValue Place), LoopValue>();
            LoopValue Factor(int side, int row)
            {
                ImmutableArray<LoopValue> index = product.Term(side, places[row], k);
                (int, LoopValue) key = (side, Places.Of(builder, factors[side].Extents, index));
                return read.TryGetValue(key, out LoopValue? known) ? known : read[key] = factors[side].At(builder, index);
            }

            return [.. before.Select((sum, row) => builder.FusedMultiplyAdd(Factor(0, row), Factor(1, row), sum))];
        }

        int steps = product.Terms / TermsInStep;
        if (steps > 1)
        {
            sums = builder.Serial(builder.Index(steps), sums, (step, carried) =>
            {
                LoopValue start = builder.Multiply(step, builder.Index(TermsInStep));
                return Enumerable.Range(0, TermsInStep).Aggregate(carried, (before, k) => WithTerm(builder.Add(start, builder.Index(k)), before));
            });
        }

        for (int k = steps > 1 ? steps * TermsInStep : 0; k < product.Terms; k++)
        {
            sums = WithTerm(builder.Index(k), sums);
        }

        for (int row = 0; row < rows; row++)
        {
            Store(result, places[row], sums[row]);
        }
    }
}
