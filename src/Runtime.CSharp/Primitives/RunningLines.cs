using Adjoint.Core;

namespace Adjoint.Primitives;

/// <summary>Walks along the lines of an axis, forwards or backwards.</summary>
internal static class RunningLines
{
    /// <summary>Visits each place and the place before it on its line; −1 where a line starts.</summary>
    internal static void Each(Shape shape, int axis, bool backwards, Action<int, int> visit)
    {
        int stride = shape.Strides()[axis];
        int extent = shape[axis].Value;
        int step = backwards ? -stride : stride;
        foreach (int start in Boxes.Offsets(shape, new Axes(axis).Others(shape.Rank)))
        {
            int place = backwards ? start + ((extent - 1) * stride) : start;
            for (int i = 0; i < extent; i++, place += step)
            {
                visit(place, i == 0 ? -1 : place - step);
            }
        }
    }
}
