using System.Numerics;

namespace Adjoint.Kernels;

/// <summary>
/// Planes of the input with zeros for padding and dilation, in which every tap of a row of windows is contiguous.
/// </summary>
/// <remarks>
/// A plane is [padded outer][padded middle][stride][⌈padded inner / stride⌉]: a row is split by the remainder of the
/// position by the inner stride, so that neighbouring windows read neighbouring elements.
/// </remarks>
internal readonly struct PaddedInput(in ConvolutionGeometry geometry)
{
    private readonly WindowAxis _outer = geometry.Outer;
    private readonly WindowAxis _middle = geometry.Middle;
    private readonly WindowAxis _inner = geometry.Inner;

    /// <summary>Elements of one phase of a row.</summary>
    public int Phase { get; } = GemmTiling.Ceiling(geometry.Inner.Padded, geometry.Inner.Stride);

    /// <summary>Elements of a row.</summary>
    public int Row => Phase * _inner.Stride;

    /// <summary>Elements of a plane.</summary>
    public int Plane => _outer.Padded * _middle.Padded * Row;

    /// <summary>Whether the windows can be read where the input is: nothing to insert, nothing to split.</summary>
    public bool IsInput =>
        IsBare(_outer) && IsBare(_middle) && IsBare(_inner) && _inner.Stride == 1;

    /// <summary>Fills one plane from the input plane at <paramref name="source"/>.</summary>
    public void Fill<T>(ReadOnlySpan<T> source, Span<T> target)
        where T : unmanaged, INumberBase<T>
    {
        for (int i = 0; i < _outer.Padded; i++)
        {
            int outer = Origin(_outer, i);
            for (int j = 0; j < _middle.Padded; j++)
            {
                int middle = Origin(_middle, j);
                Span<T> row = target.Slice(((i * _middle.Padded) + j) * Row, Row);
                if (outer < 0 || middle < 0)
                {
                    row.Clear();
                }
                else
                {
                    FillRow(source.Slice(((outer * _middle.Input) + middle) * _inner.Input, _inner.Input), row);
                }
            }
        }
    }

    private static bool IsBare(WindowAxis axis) => axis.Low <= 0 && axis.High <= 0 && axis.InputDilation == 1;

    /// <summary>The input index at a padded position, or −1 where a zero stands.</summary>
    private static int Origin(WindowAxis axis, int position)
    {
        int dilated = position - axis.Low;
        return dilated >= 0 && dilated < axis.Dilated && dilated % axis.InputDilation == 0 ? dilated / axis.InputDilation : -1;
    }

    private void FillRow<T>(ReadOnlySpan<T> source, Span<T> row)
        where T : unmanaged, INumberBase<T>
    {
        int dilation = _inner.InputDilation;
        int first = Math.Max(0, GemmTiling.Ceiling(Math.Max(0, -_inner.Low), dilation));
        int last = Math.Min(source.Length, GemmTiling.Ceiling(Math.Max(0, _inner.Padded - _inner.Low), dilation));
        int start = _inner.Low + (first * dilation);
        if (dilation == 1 && _inner.Stride == 1 && first < last)
        {
            row[..start].Clear();
            source[first..last].CopyTo(row[start..]);
            row[(start + last - first)..].Clear();
            return;
        }

        row.Clear();
        int stride = _inner.Stride;
        int phase = start % stride, at = start / stride;
        int phaseStep = dilation % stride, step = dilation / stride;
        for (int i = first; i < last; i++)
        {
            row[(phase * Phase) + at] = source[i];
            phase += phaseStep;
            at += step;
            if (phase >= stride)
            {
                phase -= stride;
                at++;
            }
        }
    }
}
