# Shared by the scripts that build container images, after eng/lib.sh.
IMAGE_PACKAGES=(buildah debootstrap)

# buildah without a container engine below it, and without a storage driver that needs kernel modules; its images lie
# in our cache, apart from those of the user.
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot CONTAINERS_STORAGE_CONF="$CACHE/images/storage.conf"
use_image_store() {
  mkdir -p "$CACHE/images"
  printf '[storage]\ndriver = "vfs"\ngraphroot = "%s/store"\nrunroot = "%s/run"\n' "$CACHE/images" "$CACHE/images" \
    >"$CONTAINERS_STORAGE_CONF"
}
