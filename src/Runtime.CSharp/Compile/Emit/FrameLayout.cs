namespace Adjoint.Compile.Emit;

/// <summary>Memory that a method's caller hands it: places for what does not stay in registers.</summary>
internal sealed class FrameLayout
{
    private const int Alignment = 64;
    private int used;
    private int numbers;

    /// <summary>How many bytes.</summary>
    internal int Size { get; private set; }

    /// <summary>A place that is kept.</summary>
    internal int Take(int bytes)
    {
        int place = used;
        used += (bytes + Alignment - 1) / Alignment * Alignment;
        Size = Math.Max(Size, used);
        return place;
    }

    /// <summary>A place for one number that is kept.</summary>
    internal int TakeNumber()
    {
        if (numbers % Alignment == 0)
        {
            numbers = Take(Alignment);
        }

        numbers += sizeof(long);
        return numbers - sizeof(long);
    }

    /// <summary>What is taken from now on may be given back by <see cref="Release"/>.</summary>
    internal int Mark() => used;

    /// <summary>Gives back what was taken since a mark.</summary>
    internal void Release(int mark) => used = mark;
}
