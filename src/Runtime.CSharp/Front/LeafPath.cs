namespace Adjoint.Front;

/// <summary>How the leaves of arguments and states are called in messages.</summary>
public static class LeafPath
{
    /// <summary>A leaf's path where paths are given, otherwise its number.</summary>
    public static string Of(IReadOnlyList<string>? paths, int leaf, string what = "argument") =>
        paths is not null && leaf < paths.Count && paths[leaf].Length > 0 ? $"{what} {paths[leaf]}" : $"{what} {leaf}";
}
