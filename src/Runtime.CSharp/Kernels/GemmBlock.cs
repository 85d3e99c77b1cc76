using System.Buffers;
using System.Numerics;

namespace Adjoint.Kernels;

/// <summary>One block of a product: all of m, up to 4096 columns, up to 256 steps of k.</summary>
/// <remarks>
/// Panels of B: panel j holds columns [j·w, (j+1)·w) as [depth][w], w two vectors, filled up with zeros. Where B is read
/// in place only the last, incomplete panel is copied.
/// </remarks>
internal sealed unsafe class GemmBlock<T, TVector, TLanes>(
    int m,
    int n,
    int depth,
    Matrix<T> a,
    Matrix<T> b,
    Matrix<T> c,
    T[] panels,
    bool direct,
    bool accumulate)
    where T : unmanaged, INumberBase<T>
    where TVector : unmanaged
    where TLanes : struct, ILanes<T, TVector>
{
    private readonly int _panel = 2 * TLanes.Count;
    private int _tileRows;
    private int _tileColumns;

    /// <summary>Packs B, then computes the tiles of C.</summary>
    public void Run(IParallel parallel)
    {
        (_tileRows, _tileColumns) = GemmTiling.Tile(m, n, depth, _panel);
        int tiles = GemmTiling.Ceiling(m, _tileRows) * GemmTiling.Ceiling(n, _tileColumns);
        int panelCount = GemmTiling.Ceiling(n, _panel);
        int panelsATile = Math.Max(1, (1 << 16) / (_panel * depth));
        if (direct)
        {
            if (n % _panel != 0)
            {
                PackPanels(n / _panel, panelCount);
            }
        }
        else if (panelCount <= panelsATile || tiles == 1)
        {
            PackPanels(0, panelCount);
        }
        else
        {
            parallel.For(
                GemmTiling.Ceiling(panelCount, panelsATile),
                i => PackPanels(i * panelsATile, Math.Min(panelCount, (i + 1) * panelsATile)));
        }

        if (tiles == 1)
        {
            Tile(0);
        }
        else
        {
            parallel.For(tiles, Tile);
        }
    }

    private void PackPanels(int first, int end)
    {
        int start = first * _panel;
        Matrix<T> source = b with { Offset = b.Offset + (start * b.ColumnStride) };
        int target = direct ? 0 : start * depth;
        GemmPack.Columns(source, depth, Math.Min(end * _panel, n) - start, _panel, panels.AsSpan(target, depth * (end - first) * _panel));
    }

    private void Tile(int index)
    {
        int rowTiles = GemmTiling.Ceiling(m, _tileRows);
        int row = index % rowTiles * _tileRows;
        int column = index / rowTiles * _tileColumns;
        int rows = Math.Min(_tileRows, m - row);
        int columns = Math.Min(_tileColumns, n - column);
        Matrix<T> left = a with { Offset = a.Offset + (row * a.RowStride) };
        bool pack = columns > _panel && a.ColumnStride != 1;
        if (!pack)
        {
            Compute(left, left.RowStride * GemmTiling.Rows, row, column, rows, columns);
            return;
        }

        T[] packed = ArrayPool<T>.Shared.Rent(GemmTiling.RoundUp(rows, GemmTiling.Rows) * depth);
        GemmPack.Rows(left, rows, depth, packed);
        Compute(new(packed, 0, 1, GemmTiling.Rows), GemmTiling.Rows * depth, row, column, rows, columns);
        ArrayPool<T>.Shared.Return(packed);
    }

    private void Compute(Matrix<T> left, int groupStride, int row, int column, int rows, int columns)
    {
        int* steps = stackalloc int[GemmTiling.Depth];
        int* inPlace = stackalloc int[GemmTiling.Depth];
        for (int p = 0; p < depth; p++)
        {
            steps[p] = p * _panel;
            inPlace[p] = p * b.RowStride;
        }

        fixed (T* leftData = left.Data, rightData = b.Data, panelData = panels, target = c.Data)
        {
            for (int j = column; j < column + columns; j += _panel)
            {
                int width = Math.Min(_panel, n - j);
                bool two = width > TLanes.Count;
                bool read = direct && width == _panel;
                T* right = read ? rightData + b.Offset + j : direct ? panelData : panelData + (j * depth);
                var tile = new MicroTile
                {
                    LeftRow = left.RowStride,
                    LeftStep = left.ColumnStride,
                    Second = TLanes.Count,
                    TargetRow = c.RowStride,
                    SecondTarget = TLanes.Count,
                    Valid = Math.Min(width, TLanes.Count),
                    SecondValid = width - TLanes.Count,
                    Accumulate = accumulate,
                };
                for (int i = 0; i < rows; i += GemmTiling.Rows)
                {
                    MicroKernel<T, TVector, TLanes>.Run(
                        Math.Min(GemmTiling.Rows, rows - i),
                        two,
                        depth,
                        leftData + left.Offset + (i / GemmTiling.Rows * groupStride),
                        right,
                        read ? inPlace : steps,
                        target + c.Offset + ((row + i) * c.RowStride) + j,
                        in tile);
                }
            }
        }
    }
}
