namespace Figures;

/// <summary>Where sources and results lie.</summary>
internal static class Repository
{
    /// <summary>The folder of the solution above this program.</summary>
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    private static string Find(DirectoryInfo? folder) => folder switch
    {
        null => throw new DirectoryNotFoundException("This program runs from its folder inside the repository, where it finds its sources."),
        _ when File.Exists(Path.Combine(folder.FullName, "Adjoint.slnx")) => folder.FullName,
        _ => Find(folder.Parent),
    };
}
