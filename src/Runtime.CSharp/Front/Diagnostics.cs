namespace Adjoint.Front;

/// <summary>Where the library says what is no error but worth knowing; it prints nothing by itself.</summary>
public static class Diagnostics
{
    /// <summary>Takes a line; null lets it go. It may be called from any thread.</summary>
    public static Action<string>? Handler { get; set; }

    internal static void Report(string line) => Handler?.Invoke(line);
}
