namespace Adjoint.Kernels;

/// <summary>How a product is cut: by its shape alone.</summary>
internal static class GemmTiling
{
    /// <summary>Rows of A that the micro-kernel takes at once.</summary>
    public const int Rows = 8;

    /// <summary>Steps of k in a block: a group of rows of A (8 KiB in float) stays in the first cache.</summary>
    public const int Depth = 256;

    /// <summary>Columns of B that are packed at once.</summary>
    public const int MaxColumns = 4096;

    /// <summary>Up to so many rows, B is read in place: packing would cost as much as the product.</summary>
    public const int DirectRows = 32;

    /// <summary>Multiply-adds below which a product is not cut further (about 10 µs).</summary>
    public const long TileWork = 1 << 19;

    public static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    public static int Ceiling(int value, int divisor) => (value + divisor - 1) / divisor;

    /// <summary>Rows and columns of a tile of C; columns are a multiple of <paramref name="panel"/>.</summary>
    public static (int Rows, int Columns) Tile(int m, int n, int k, int panel)
    {
        int rows = Math.Min(RoundUp(m, Rows), 128);
        int columns = Math.Min(RoundUp(n, panel), RoundUp(512, panel));
        while ((long)rows * columns * k < TileWork && rows < m)
        {
            rows *= 2;
        }

        while (Ceiling(m, rows) * Ceiling(n, columns) < 8 && (long)rows * columns * k >= 2 * TileWork)
        {
            if (columns >= rows && columns > panel)
            {
                columns = RoundUp(columns / 2, panel);
            }
            else if (rows > Rows)
            {
                rows = RoundUp(rows / 2, Rows);
            }
            else
            {
                break;
            }
        }

        return (rows, columns);
    }
}
