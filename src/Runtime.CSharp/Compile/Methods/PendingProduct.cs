using System.Collections.Immutable;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Compile.Methods;

/// <summary>A product of small matrices that is formed when what is computed from it is written: a block of rows at once, lanes along an axis.</summary>
/// <remarks>
/// A row of the factor that lanes read is read once for all rows of a block, whose sums stand in registers. Each element is summed by one fma a
/// term: in one chain from the first term to the last where enough sums are formed at a time; else in chains of every second or fourth
/// term, which are then added up in pairs.
/// </remarks>
internal sealed class PendingProduct : TensorLocal
{
    /// <summary>Terms of a sum that are written out in one step of its loop.</summary>
    private const int TermsInStep = 4;

    /// <summary>The most terms that are written out for a single row; what several rows read would be kept in more registers than there are.</summary>
    private const int MostWrittenOut = 16;

    private readonly SmallProduct product;
    private readonly ImmutableArray<TensorLocal> factors;
    private readonly List<(ImmutableArray<LoopValue> Place, LoopValue Sum)> formed = [];

    internal PendingProduct(TensorType type, SmallProduct product, ImmutableArray<TensorLocal> factors)
        : base(type, [.. factors.SelectMany(factor => factor.Reads).Distinct()])
    {
        this.product = product;
        this.factors = factors;
    }

    internal override double Work => 1;

    internal override bool IsFlat => false;

    internal override PendingProduct Pending => this;

    /// <summary>Forms the product and does something for every element, which is then known.</summary>
    internal void Form(LoopBuilder builder, Action<ImmutableArray<LoopValue>> element) =>
        Copying.InTurn(builder, product.Outer, outer => EachBlock(builder, (first, rows) =>
            builder.Lanes(builder.Index(product.Lanes), lane =>
            {
                ImmutableArray<LoopValue>[] places =
                    [.. Enumerable.Range(0, rows).Select(row => product.Place(outer, builder.Add(first, builder.Index(row)), lane))];
                ImmutableArray<LoopValue> sums = Sums(builder, places);
                formed.Clear();
                formed.AddRange(places.Zip(sums));
                foreach (ImmutableArray<LoopValue> place in places)
                {
                    element(place);
                }

                formed.Clear();
            })));

    /// <summary>An element: one of the block that is being formed, or summed by itself.</summary>
    internal override LoopValue At(LoopBuilder builder, ImmutableArray<LoopValue> index)
    {
        foreach ((ImmutableArray<LoopValue> place, LoopValue sum) in formed)
        {
            if (place.AsSpan().SequenceEqual(index.AsSpan()))
            {
                return sum;
            }
        }

        return Sums(builder, [index])[0];
    }

    internal override LoopValue AtFlat(LoopBuilder builder, LoopValue place) => At(builder, Places.Index(builder, Extents, place));

    /// <summary>Blocks of rows: as many whole ones as there are, and what is left.</summary>
    private void EachBlock(LoopBuilder builder, Action<LoopValue, int> body)
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

    /// <summary>The sums at some places, formed together.</summary>
    private ImmutableArray<LoopValue> Sums(LoopBuilder builder, ImmutableArray<LoopValue>[] places)
    {
        int chains = product.Chains;
        ImmutableArray<LoopValue> sums = [.. Enumerable.Repeat(LoopNumbers.Zero(builder, Type.DType), places.Length * chains)];
        int inStep = places.Length == 1 && product.Terms is > 0 and <= MostWrittenOut ? product.Terms : TermsInStep;
        int steps = product.Terms / inStep;
        if (steps > 1)
        {
            sums = builder.Serial(builder.Index(steps), sums, (step, carried) =>
            {
                LoopValue start = builder.Multiply(step, builder.Index(inStep));
                return Enumerable.Range(0, inStep).Aggregate(
                    carried, (before, k) => WithTerm(builder, places, builder.Add(start, builder.Index(k)), k % chains, before));
            });
        }

        for (int k = steps > 1 ? steps * inStep : 0; k < product.Terms; k++)
        {
            sums = WithTerm(builder, places, builder.Index(k), k % chains, sums);
        }

        return Joined(builder, sums, chains);
    }

    /// <summary>Adds a term to one chain of each sum; chains of one number stand together.</summary>
    private ImmutableArray<LoopValue> WithTerm(
        LoopBuilder builder, ImmutableArray<LoopValue>[] places, LoopValue k, int chain, ImmutableArray<LoopValue> before)
    {
        var read = new Dictionary<(int Side, LoopValue Place), LoopValue>();
        LoopValue Factor(int side, int row)
        {
            ImmutableArray<LoopValue> index = product.Term(side, places[row], k);
            (int, LoopValue) key = (side, Places.Of(builder, factors[side].Extents, index));
            return read.TryGetValue(key, out LoopValue? known) ? known : read[key] = factors[side].At(builder, index);
        }

        int first = chain * places.Length;
        return [.. before.Select((sum, i) => i < first || i >= first + places.Length
            ? sum
            : builder.FusedMultiplyAdd(Factor(0, i - first), Factor(1, i - first), sum))];
    }

    /// <summary>Chains added up, the first half to the second.</summary>
    private static ImmutableArray<LoopValue> Joined(LoopBuilder builder, ImmutableArray<LoopValue> sums, int chains)
    {
        for (; chains > 1; chains /= 2)
        {
            int half = sums.Length / 2;
            sums = [.. Enumerable.Range(0, half).Select(i => builder.Add(sums[i], sums[half + i]))];
        }

        return sums;
    }
}
