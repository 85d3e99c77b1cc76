namespace Adjoint.Kernels;

/// <summary>Windows over the spatial axes of [planes, S…], one to three of them; missing leading axes are (1, 1).</summary>
internal readonly record struct WindowGeometry
{
    private WindowGeometry(int planes, ReadOnlySpan<WindowAxis> axes)
    {
        Planes = planes;
        Outer = axes.Length > 2 ? axes[^3] : new WindowAxis(1, 1);
        Middle = axes.Length > 1 ? axes[^2] : new WindowAxis(1, 1);
        Inner = axes[^1];
    }

    /// <summary>Batch times channels.</summary>
    public int Planes { get; }

    public WindowAxis Outer { get; private init; }

    public WindowAxis Middle { get; private init; }

    public WindowAxis Inner { get; private init; }

    /// <summary>Neighbours that stand for one element along the inner axis and do not meet.</summary>
    public int Block { get; private init; } = 1;

    /// <summary>Elements of an input plane.</summary>
    public int InputSize => Outer.Input * Middle.Input * Inner.Input * Block;

    /// <summary>Elements of an output plane.</summary>
    public int OutputSize => Outer.Output * Middle.Output * Inner.Output * Block;

    /// <summary>Elements that a plane's windows read, with padding.</summary>
    public long Work => (long)OutputSize * Outer.Window * Middle.Window * Inner.Window;

    /// <summary>Windows over one to three axes, outermost first, without input dilation.</summary>
    public static WindowGeometry Create(int planes, ReadOnlySpan<WindowAxis> axes)
    {
        if (axes.Length is < 1 or > 3)
        {
            throw new ArgumentException($"window reduction: {axes.Length} spatial axes; there must be 1 to 3.", nameof(axes));
        }

        foreach (WindowAxis axis in axes)
        {
            if (axis.Window < 1 || axis.Stride < 1 || axis.WindowDilation < 1 || axis.InputDilation != 1)
            {
                throw new ArgumentException(
                    $"window reduction: window, stride and dilation must be positive and the input dilation 1 in {axis}.",
                    nameof(axes));
            }
        }

        return new(planes, axes);
    }

    /// <summary>
    /// The same windows where the inner axis, along which nothing meets, joins the one around it: as elements of a longer row where that axis
    /// has stride 1, and as blocks otherwise.
    /// </summary>
    public WindowGeometry Merged()
    {
        if (Block > 1 || !Inner.IsTrivial || Middle == new WindowAxis(1, 1))
        {
            return this;
        }

        int width = Inner.Input;
        bool joins = Middle.Stride == 1;
        WindowAxis longer = Middle with
        {
            Input = Middle.Input * width,
            Low = Middle.Low * width,
            High = Middle.High * width,
            WindowDilation = Middle.WindowDilation * width,
        };
        return this with { Outer = new WindowAxis(1, 1), Middle = Outer, Inner = joins ? longer : Middle, Block = joins ? 1 : width };
    }

    /// <summary>Planes to a tile: a tile reads about 32768 elements.</summary>
    public int PlanesATile => (int)Math.Clamp((1 << 15) / Math.Max(1, Work), 1, Math.Max(1, Planes));

    /// <summary>The taps of window <paramref name="output"/> that lie within the input: [first, end).</summary>
    public static (int First, int End) Taps(in WindowAxis axis, int output)
    {
        int start = (output * axis.Stride) - axis.Low;
        int first = start >= 0 ? 0 : GemmTiling.Ceiling(-start, axis.WindowDilation);
        int end = start >= axis.Input ? 0 : Math.Min(axis.Window, GemmTiling.Ceiling(axis.Input - start, axis.WindowDilation));
        return (first, end);
    }
}
