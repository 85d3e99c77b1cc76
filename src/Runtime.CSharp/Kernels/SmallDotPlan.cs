using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Adjoint.Kernels;

/// <summary>What <see cref="SmallDots"/> reads and writes for a vector of sums: which columns of which products stand where.</summary>
internal unsafe ref struct SmallDotPlan<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Offsets of the columns of each vector that is added up, from the first product's.</summary>
    public readonly nint* Columnwise;

    /// <summary>Offsets of what each of them is multiplied by.</summary>
    public readonly nint* Vectorwise;

    /// <summary>Between columns.</summary>
    public readonly nint Distance;

    /// <summary>Columns of a vector of sums.</summary>
    public readonly int Columns;

    /// <summary>Lanes of a segment.</summary>
    public readonly int Segment;

    /// <summary>Terms of a column.</summary>
    public readonly int Terms;

    /// <summary>The terms that fill whole vectors.</summary>
    public readonly int Whole;

    /// <summary>Whether columns are spread from where they lie to segments.</summary>
    public readonly bool IsPacked;

    /// <summary>The lanes of segments that have terms.</summary>
    public readonly Vector512<T> Valid;

    private readonly Vector512<T> loaded;
    private readonly Vector512<T> places;
    private readonly int inVector;
    private Vector512<T> order;
    private Vector512<T> written;

    /// <summary>Products of so many at once that their sums fill a vector, if there are as many.</summary>
    public SmallDotPlan(in SmallBatch<T> all, nint distance, int count, nint* offsets)
    {
        int lanes = Vector512<T>.Count, k = all.K;
        Columnwise = offsets;
        Vectorwise = offsets + lanes;
        Distance = distance;
        Columns = Math.Min(all.N, lanes);
        Segment = SegmentOf(k, Columns, distance);
        Terms = k;
        Whole = k / lanes * lanes;
        inVector = Math.Min(lanes / Segment, Columns);
        IsPacked = Segment < lanes && (k < Segment || distance != k || inVector * Segment < lanes);
        loaded = First(IsPacked ? (int)((inVector - 1) * distance) + k : k - Whole);
        T* lanesOf = stackalloc T[lanes];
        T* valid = stackalloc T[lanes];
        for (int lane = 0; lane < lanes; lane++)
        {
            int column = lane / Segment, term = lane % Segment;
            bool isValid = term < k && column < inVector;
            lanesOf[lane] = Place(isValid ? (int)(column * distance) + term : 0);
            valid[lane] = T.CreateTruncating(isValid ? 1 : 0);
        }

        places = Vector512.Load(lanesOf);
        Valid = Vector512.GreaterThan(Vector512.Load(valid), Vector512<T>.Zero);
        int group = all.CBatch == all.N && all.N <= lanes ? Segment / Vectored : 1;
        Group = group <= count ? group : 1;
        Arrange(all);
    }

    /// <summary>Products whose sums share a vector.</summary>
    public int Group { get; private set; }

    /// <summary>Vectors of a product that are added up together; a power of two.</summary>
    private readonly int Vectored => (int)BitOperations.RoundUpToPowerOf2((uint)GemmTiling.Ceiling(Columns, Vector512<T>.Count / Segment));

    /// <summary>The lanes of a vector that is not whole, zeros for the others, whose memory is not touched.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector512<T> Load(T* source) => sizeof(T) == sizeof(float)
        ? Avx512F.MaskLoad((float*)source, loaded.AsSingle(), default).As<float, T>()
        : Avx512F.MaskLoad((double*)source, loaded.AsDouble(), default).As<double, T>();

    /// <summary>A vector of columns, each in its segment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector512<T> Spread(T* columns) => Permute(Load(columns), places);

    /// <summary>From now on one product at a time.</summary>
    public void Alone(in SmallBatch<T> all)
    {
        Group = 1;
        Arrange(all);
    }

    /// <summary>Writes sums where they belong, and numbers behind them where these are written later.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(Vector512<T> sums, T* target, bool isWhole)
    {
        Vector512<T> ordered = Permute(sums, order);
        if (isWhole)
        {
            ordered.Store(target);
        }
        else if (sizeof(T) == sizeof(float))
        {
            Avx512F.MaskStore((float*)target, written.AsSingle(), ordered.AsSingle());
        }
        else
        {
            Avx512F.MaskStore((double*)target, written.AsDouble(), ordered.AsDouble());
        }
    }

    /// <summary>The fewest lanes that hold a column, if columns lie so near to each other that one vector reads those that it has segments for.</summary>
    public static int SegmentOf(int k, int columns, nint distance)
    {
        int lanes = Vector512<T>.Count;
        for (int segment = Vector128<T>.Count; segment < lanes; segment *= 2)
        {
            if (k <= segment && ((Math.Min(lanes / segment, columns) - 1) * distance) + k <= lanes)
            {
                return segment;
            }
        }

        return lanes;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Permute(Vector512<T> x, Vector512<T> places) => sizeof(T) == sizeof(float)
        ? Avx512F.PermuteVar16x32(x.AsSingle(), places.AsInt32()).As<float, T>()
        : Avx512F.PermuteVar8x64(x.AsDouble(), places.AsInt64()).As<double, T>();

    /// <summary>A mask of the first lanes.</summary>
    private static Vector512<T> First(int count)
    {
        T* lanes = stackalloc T[Vector512<T>.Count];
        for (int lane = 0; lane < Vector512<T>.Count; lane++)
        {
            lanes[lane] = T.CreateTruncating(lane < count ? 1 : 0);
        }

        return Vector512.GreaterThan(Vector512.Load(lanes), Vector512<T>.Zero);
    }

    /// <summary>An index as permutations take it.</summary>
    private static T Place(int index) => sizeof(T) == sizeof(float)
        ? Unsafe.BitCast<int, T>(index)
        : Unsafe.BitCast<long, T>(index);

    /// <summary>Settles which column stands in which segment of which vector, and where its sum then is.</summary>
    private void Arrange(in SmallBatch<T> all)
    {
        int lanes = Vector512<T>.Count, w = Vector128<T>.Count, segments = lanes / Segment;
        int vectors = GemmTiling.Ceiling(Columns, segments), ofOne = Vectored;
        for (int i = 0; i < Segment; i++)
        {
            int product = Math.Min(i / ofOne, Group - 1), vector = Math.Min(i % ofOne, vectors - 1);
            Columnwise[i] = (product * all.BBatch) + (FirstColumn(vector) * Distance);
            Vectorwise[i] = product * all.ABatch;
        }

        T* sources = stackalloc T[lanes];
        new Span<T>(sources, lanes).Clear();
        for (int sum = 0; sum < Group * Columns; sum++)
        {
            int product = sum / Columns, column = sum % Columns, vector = column / segments;
            int i = (product * ofOne) + vector;
            sources[sum] = Place((((i / w * segments) + column - FirstColumn(vector)) * w) + (i % w));
        }

        order = Vector512.Load(sources);
        written = First(Group * Columns);
    }

    /// <summary>The first column of a vector: the last ends where the columns end.</summary>
    private readonly int FirstColumn(int vector) => Math.Min(vector * (Vector512<T>.Count / Segment), Columns - inVector);
}
