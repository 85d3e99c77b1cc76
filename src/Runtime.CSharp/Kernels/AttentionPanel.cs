using System.Numerics;
using System.Runtime.CompilerServices;

namespace Adjoint.Kernels;

/// <summary>
/// What attention does with panels: matrices of two vectors' columns, a column for each query. Scores stand in them transposed, a row for
/// each key, so that no step goes across lanes, and a panel of weights is as it stands an operand of the next product.
/// </summary>
internal static unsafe class AttentionPanel<T, TVector, TLanes>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : unmanaged
    where TLanes : struct, ILanes<T, TVector>
{
    /// <summary>Columns of a panel.</summary>
    internal static int Width => 2 * TLanes.Count;

    private static bool InVectors => Vector.IsHardwareAccelerated && Width % Vector<T>.Count == 0;

    /// <summary>target [rows, columns] = (+=) left [rows, depth] · right [depth, columns], columns a multiple of the panel's.</summary>
    internal static void Multiply(
        int rows, int columns, int depth, T* left, nint leftRow, nint leftStep, T* right, int* offsets, T* target, nint targetRow, bool accumulate)
    {
        var tile = new MicroTile
        {
            LeftRow = leftRow,
            LeftStep = leftStep,
            Second = TLanes.Count,
            TargetRow = targetRow,
            SecondTarget = TLanes.Count,
            Valid = TLanes.Count,
            SecondValid = TLanes.Count,
            Accumulate = accumulate,
        };
        for (int j = 0; j < columns; j += Width)
        {
            for (int i = 0; i < rows; i += GemmTiling.Rows)
            {
                MicroKernel<T, TVector, TLanes>.Whole(
                    Math.Min(GemmTiling.Rows, rows - i), true, depth, left + (i * leftRow), right + j, offsets, target + (i * targetRow) + j, in tile);
            }
        }
    }

    /// <summary>A panel of some rows of a matrix, as columns, times a factor; columns without a row are zero.</summary>
    internal static void Turn(T* source, nint sourceRow, int rows, int depth, T factor, T* target)
    {
        if (rows < Width)
        {
            new Span<T>(target, depth * Width).Clear();
        }

        Transposition.Run(source, target, rows, sourceRow, depth, Width);
        if (factor != T.One)
        {
            Multiply(target, depth * Width, factor);
        }
    }

    /// <summary>A column's logarithms of sums as what is taken off its scores: 0 for minus infinity, where nothing is seen, and past the last.</summary>
    internal static void Shifts(T* sums, int count, T* shift)
    {
        for (int i = 0; i < Width; i++)
        {
            shift[i] = i >= count || T.IsNegativeInfinity(sums[i]) ? T.Zero : sums[i];
        }
    }

    /// <summary>The offsets of rows at a distance.</summary>
    internal static void Offsets(int* offsets, int count, int distance)
    {
        for (int i = 0; i < count; i++)
        {
            offsets[i] = i * distance;
        }
    }

    /// <summary>top = max(top, each row), in each column; NaN is left to show in the exponentials.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Maximum(T* panel, int rows, T* top)
    {
        for (int x = 0; x < Width && InVectors; x += Vector<T>.Count)
        {
            Vector<T> most = Vector.Load(top + x);
            T* from = panel + x;
            for (int i = 0; i < rows; i++, from += Width)
            {
                most = NativeOrder.Maximum(Vector.Load(from), most);
            }

            most.Store(top + x);
        }

        for (int x = 0; x < Width && !InVectors; x++)
        {
            for (int i = 0; i < rows; i++)
            {
                T next = panel[(i * Width) + x];
                top[x] = next > top[x] ? next : top[x];
            }
        }
    }

    /// <summary>exp(x − shift) in each column; what they sum to is added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Exponentials(T* panel, int rows, T* shift, T* sum)
    {
        for (int x = 0; x < Width && InVectors; x += Vector<T>.Count)
        {
            Vector<T> low = Vector.Load(shift + x), even = Vector.Load(sum + x), odd = Vector<T>.Zero;
            T* at = panel + x;
            int i = 0;
            for (; i < rows - 1; i += 2, at += 2 * Width)
            {
                Vector<T> first = AttentionMath.Exp(Vector.Load(at) - low), second = AttentionMath.Exp(Vector.Load(at + Width) - low);
                first.Store(at);
                second.Store(at + Width);
                even += first;
                odd += second;
            }

            if (i < rows)
            {
                Vector<T> last = AttentionMath.Exp(Vector.Load(at) - low);
                last.Store(at);
                even += last;
            }

            (even + odd).Store(sum + x);
        }

        for (int i = 0; i < rows * Width && !InVectors; i++)
        {
            panel[i] = AttentionMath.Exp(panel[i] - shift[i % Width]);
            sum[i % Width] += panel[i];
        }
    }

    /// <summary>slope = weight · (slope − mean) · factor in each column.</summary>
    internal static void Slopes(T* weights, T* slopes, int rows, T* mean, T factor)
    {
        for (int x = 0; x < Width && InVectors; x += Vector<T>.Count)
        {
            Vector<T> middle = Vector.Load(mean + x), times = new(factor);
            for (int i = x; i < rows * Width; i += Width)
            {
                (Vector.Load(weights + i) * (Vector.Load(slopes + i) - middle) * times).Store(slopes + i);
            }
        }

        for (int i = 0; i < rows * Width && !InVectors; i++)
        {
            slopes[i] = weights[i] * (slopes[i] - mean[i % Width]) * factor;
        }
    }

    /// <summary>x = x y, element by element; what each column sums to is added.</summary>
    internal static void MultiplyAndSum(T* x, T* y, int rows, T* sum)
    {
        for (int column = 0; column < Width && InVectors; column += Vector<T>.Count)
        {
            Vector<T> total = Vector.Load(sum + column);
            for (int i = column; i < rows * Width; i += Width)
            {
                Vector<T> product = Vector.Load(x + i) * Vector.Load(y + i);
                product.Store(x + i);
                total += product;
            }

            total.Store(sum + column);
        }

        for (int i = 0; i < rows * Width && !InVectors; i++)
        {
            x[i] *= y[i];
            sum[i % Width] += x[i];
        }
    }

    /// <summary>Every row of a panel times one row.</summary>
    internal static void Scale(T* panel, int rows, T* factors)
    {
        for (int x = 0; x < Width && InVectors; x += Vector<T>.Count)
        {
            Vector<T> times = Vector.Load(factors + x);
            for (int i = x; i < rows * Width; i += Width)
            {
                (Vector.Load(panel + i) * times).Store(panel + i);
            }
        }

        for (int i = 0; i < rows * Width && !InVectors; i++)
        {
            panel[i] *= factors[i % Width];
        }
    }

    /// <summary>x = x + y.</summary>
    internal static void Add(T* x, T* y, int count)
    {
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            (Vector.Load(x + i) + Vector.Load(y + i)).Store(x + i);
        }

        for (; i < count; i++)
        {
            x[i] += y[i];
        }
    }

    /// <summary>The sum of products.</summary>
    internal static T Dot(T* x, T* y, int count)
    {
        Vector<T> sums = Vector<T>.Zero;
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            sums += Vector.Load(x + i) * Vector.Load(y + i);
        }

        T sum = Vector.Sum(sums);
        for (; i < count; i++)
        {
            sum += x[i] * y[i];
        }

        return sum;
    }

    private static void Multiply(T* x, int count, T factor)
    {
        int i = 0;
        for (var times = new Vector<T>(factor); i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            (Vector.Load(x + i) * times).Store(x + i);
        }

        for (; i < count; i++)
        {
            x[i] *= factor;
        }
    }
}

/// <summary>The exponential and the logarithm of the loop language, for the dtype of a kernel.</summary>
internal static class AttentionMath
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> Exp<T>(Vector<T> x)
        where T : unmanaged => typeof(T) == typeof(float)
            ? Vector.As<float, T>(ExpFunction.Apply(Vector.As<T, float>(x)))
            : Vector.As<double, T>(ExpFunction.Apply(Vector.As<T, double>(x)));

    internal static T Exp<T>(T x)
        where T : unmanaged => typeof(T) == typeof(float)
            ? (T)(object)ExpFunction.Apply((float)(object)x)
            : (T)(object)ExpFunction.Apply((double)(object)x);

    internal static T Log<T>(T x)
        where T : unmanaged => typeof(T) == typeof(float)
            ? (T)(object)LogFunction.Apply((float)(object)x)
            : (T)(object)LogFunction.Apply((double)(object)x);
}
